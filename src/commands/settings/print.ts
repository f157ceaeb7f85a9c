import { maskSecrets } from '../../http/mask.js';
import { schemaFile } from '../../paths.js';
import type { Setting } from './layers.js';

/** The options as a settings file, each with its source. */
export function settingsText(settings: Setting[]): string {
  const lines = settings.map(({ name, value, from }) => [`${name}: ${yamlOf(value)}`, `# ${from}`]);
  const width = Math.max(0, ...lines.map(([line = '']) => (line.length < 60 ? line.length : 0)));
  const rows = lines.map(([line = '', from]) => `${line.padEnd(width)}  ${from}`);
  return [`# yaml-language-server: $schema=${schemaFile('assay')}`, ...rows].join('\n');
}

/** The same for programs. */
export function settingsJson(settings: Setting[]): unknown {
  return settings.map(({ name, value, from }) => ({ name, value: shown(value), from }));
}

/** JSON is valid YAML; quotes are left out where the text cannot be read as another type. */
function yamlOf(value: unknown): string {
  const safe = shown(value);
  return typeof safe === 'string' &&
    /^[A-Za-z][\w./-]*$/.test(safe) &&
    !/^(?:true|false|null|yes|no|on|off)$/i.test(safe)
    ? safe
    : JSON.stringify(safe);
}

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  return typeof value === 'string' ? maskSecrets(value) : value;
}
