// Compiles the JSON Schemas to validators, then TypeScript to dist/: tsc checks and writes the types,
// rolldown writes the code. What is made of many files is bundled: a start would otherwise read each of them.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { compileSchemas } from './compile-schemas.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { dependencies } = require('../package.json');
/** The compiler in native code: a third of the processor time. */
const tsc = fileURLToPath(new URL('bin/tsc', pathToFileURL(require.resolve('typescript-7/package.json'))));

/** Each is made of dozens of files: in one they load several times faster. */
const BUNDLED = ['yargs', 'undici', 'ndarray', 'yaml', 'execa'];
/** It starts threads from its own folder. */
const NEVER_BUNDLED = ['piscina'];
const outside = Object.keys(dependencies).filter((name) => !BUNDLED.includes(name));

/**
 * Modules of which the bundle takes less than the package holds.
 * @type {import('rolldown').Plugin}
 */
const lighter = {
  name: 'lighter',
  resolveId(id, importer = '') {
    if (id === 'string-width')
      return /cli-(?:table3|progress)/.test(importer) ? null : `${root}scripts/string-width.mjs`;
    // undici takes it for absent, as in a Node that was built without it: no node speaks HTTP/2 to us.
    if (id === 'node:http2') return `${root}scripts/no-http2.cjs`;
    if (id !== 'undici') return null;
    return `${root}scripts/undici-${importer.endsWith('proxy-agent.ts') ? 'proxy' : 'agent'}.cjs`;
  },
};

/**
 * What a validation loads, in the order of loading. Each part is one file with all that its sources load: of many small
 * files a start would have to find each. The first part starts the thread, the last one waits until the node works.
 */
const VALIDATION = {
  start: [
    'src/main-validate.ts',
    'src/commands/validate/validate.ts',
    'src/commands/settings/settings.ts',
    'src/commands/settings/print.ts',
    'src/probe/pool.ts',
  ],
  run: ['src/commands/validate/inputs.ts', 'src/commands/validate/run.ts', 'src/report/write-reports.ts'],
  judge: ['src/validate/judge-run.ts', 'src/validate/write-report.ts', 'src/report/text.ts'],
};

/**
 * Writes every sign as ASCII: with a single other one V8 keeps two bytes for each sign of a file, and reads it slower.
 * @type {import('rolldown').Plugin}
 */
const ascii = {
  name: 'ascii',
  renderChunk: (code) =>
    code.replaceAll(/[^\0-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
};

/** @type {Set<string>} files whose code is in some bundle */
const bundled = new Set();

await compileSchemas(root);
// Parts are named by their content: those of earlier builds would be packed along.
for (const name of namesIn('dist')) if (/\.c?js(?:\.map)?$/.test(name)) rmSync(`${root}dist/${name}`);
// Commands are CommonJS: it loads faster than ES modules. `validate`, which scripts start most often, has files of its own:
// those of all commands would cost it 15 ms.
await bundle({ 'cli/every-command': 'src/main-every-command.ts' }, 'cjs', outside);
await bundle({ 'cli/validate': 'src/main-validate.ts' }, 'cjs', NEVER_BUNDLED, VALIDATION);
// Threads are CommonJS: Node 20 aborts the process (`IsGraphAsync must be used on an
// instantiated module`) when a thread is ended while it links ES modules.
await bundle({ 'probe/worker': 'src/probe/worker.ts' }, 'cjs', outside);
await bundle({ 'compare/worker': 'src/compare/worker.ts' }, 'cjs', outside);
await bundle(
  {
    main: 'src/main.ts',
    index: 'src/index.ts',
    'simulator/inferenced/main': 'src/simulator/inferenced/main.ts',
  },
  'esm',
  outside,
);
writeNotices([...bundled]);
rmSync(`${root}dist/.tsbuildinfo`, { force: true });
chmodSync(`${root}dist/main.js`, 0o755);
try {
  execFileSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { cwd: root, stdio: 'inherit' });
} catch {
  process.exit(1);
}

/**
 * Writes entries with all that they load into `dist/`.
 *
 * @param {Record<string, string>} input file in `dist/`, without its ending → source
 * @param {'cjs' | 'esm'} format
 * @param {string[]} external packages that are not bundled
 * @param {Record<string, string[]>} parts name of a file → the sources that it is for, in the order of loading
 */
async function bundle(input, format, external, parts = {}) {
  const loaded = loadedBy(parts);
  const ending = format === 'cjs' ? 'cjs' : 'js';
  const build = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [lighter, loaded.plugin, ascii],
    transform: {
      target: 'node20',
      // yargs asks it for a file that we never name.
      define: { 'import.meta.resolve': 'undefined' },
    },
    logLevel: 'warn',
    // What one command loads late, another one may load at its start.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await build.write({
    dir: 'dist',
    format,
    exports: 'named',
    comments: { legal: true, annotation: false, jsdoc: false },
    // Its last step would write what `ascii` has escaped.
    minify: false,
    codeSplitting: { groups: Object.keys(parts).map((name) => ({ name, test: loaded.isOf(name) })) },
    entryFileNames: `[name].${ending}`,
    chunkFileNames: `${format === 'cjs' ? 'cli' : 'chunks'}/[name]-[hash].${ending}`,
  });
  for (const file of output) if ('moduleIds' in file) for (const id of file.moduleIds) bundled.add(id);
}

/**
 * Finds what each part loads without asking for more, as far as no earlier part has it.
 *
 * @param {Record<string, string[]>} parts
 */
function loadedBy(parts) {
  /** @type {Map<string, string>} module → its part */
  const partOf = new Map();
  /** @type {import('rolldown').Plugin} */
  const plugin = {
    name: 'loaded-by',
    buildEnd(error) {
      if (error !== undefined) return;
      for (const [part, sources] of Object.entries(parts)) {
        const open = sources.map((source) => root + source);
        for (let id = open.pop(); id !== undefined; id = open.pop()) {
          if (partOf.has(id)) continue;
          const module = this.getModuleInfo(id);
          if (module === null) throw new Error(`${part}: ${id} is not loaded by this entry`);
          partOf.set(id, part);
          open.push(...module.importedIds);
        }
      }
    },
  };
  /** @param {string} part */
  const isOf = (part) => (/** @type {string} */ id) => partOf.get(id) === part;
  return { plugin, isOf };
}

/**
 * All files below a folder; none where there is no such folder.
 * @param {string} folder
 */
function namesIn(folder) {
  return existsSync(`${root}${folder}`)
    ? readdirSync(`${root}${folder}`, { recursive: true }).map(String)
    : [];
}

/**
 * The licences of the packages whose code is in the bundle ask for their notices to be passed on with it.
 * @param {string[]} inputs files that were bundled
 */
function writeNotices(inputs) {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
    const texts = files.map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  writeFileSync(`${root}dist/THIRD_PARTY_NOTICES.txt`, `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
