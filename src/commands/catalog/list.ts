import { basename } from 'node:path';
import { type CatalogFile, ownCatalog } from '../../files/catalog.js';
import { listGolden } from '../../golden/catalog.js';
import { recordedOn, recordedOnText } from '../../golden/recorded-on.js';
import { configOrigin, listDeployConfigs, variantOf } from '../../models/deploy-config.js';
import { listModels } from '../../models/load.js';
import type { ModelFile } from '../../models/model-file.js';
import { renderTable } from '../../terminal/table.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { markOf } from '../golden/description.js';

interface Row {
  kind: 'reference' | 'model' | 'deploy config';
  name: string;
  path: string;
  own: boolean;
  mark: string;
  model: string | null;
  /** Its purpose, in words. */
  about: string;
  /** Why it is refused; null: it is valid. */
  refused: string | null;
}

export const command = defineCommand({
  description:
    'Lists references, model files and deploy configs: yours first and marked, then those of the package. Exit 1 when one of your files is refused, with the reason.',
  options: {
    own: { type: 'boolean', default: false, description: 'only those in your own catalogue' },
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    ['assay catalog list --catalog ./catalog', 'everything, and which of your files are refused'],
    ['ASSAY_CATALOG=./catalog assay catalog list --own', 'only your files'],
  ],
  async run({ own, json }, { terminal }) {
    const all = [...(await references()), ...(await models()), ...(await configs())];
    const rows = withoutDoubles(all).filter((row) => row.own || !own);
    if (json) terminal.out(jsonText({ catalog: ownCatalog(), entries: rows }));
    else {
      terminal.out(
        renderTable(
          ['kind', 'name', 'model', 'contents', 'catalogue'],
          rows.map((row) => [
            row.kind,
            row.name,
            row.model ?? '-',
            row.refused === null ? row.about : 'refused',
            row.mark,
          ]),
          terminal,
          ['catalogue', 'model', 'contents'],
        ),
      );
    }
    const refused = rows.filter((row) => row.refused !== null);
    for (const { refused: why } of refused) terminal.say(`refused: ${why}`);
    if (ownCatalog() === null)
      terminal.say('no catalogue of your own: give --catalog DIR, or set ASSAY_CATALOG');
    return refused.length === 0 ? 0 : 1;
  },
});

function head(kind: Row['kind'], file: CatalogFile, all: readonly CatalogFile[]) {
  return { kind, name: file.name, path: file.path, own: file.isOwn, mark: markOf(file, all) };
}

async function references(): Promise<Row[]> {
  const all = await listGolden();
  return all.map((each) => ({
    ...head('reference', each, all),
    ...('reference' in each
      ? {
          model: each.reference.file.model,
          about: `${counted(each.reference.nonces.length, 'vector')}, ${recordedOnText(recordedOn(each.reference.file))}`,
          refused: null,
        }
      : { model: null, about: '', refused: each.refused }),
  }));
}

async function models(): Promise<Row[]> {
  const all = await listModels();
  return all.map((each) => ({
    ...head('model', each, all),
    ...('known' in each
      ? { model: each.known.file.model, about: knownText(each.known.file), refused: null }
      : { model: null, about: '', refused: each.refused }),
  }));
}

function knownText({ honest, other_weights: others }: ModelFile): string {
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  return `${count(honest.length, 'honest pair')}, ${count(others.length, 'other kind')} of weights`;
}

async function configs(): Promise<Row[]> {
  const all = await listDeployConfigs();
  return all.map((each) => ({
    ...head('deploy config', each, all),
    ...('config' in each
      ? {
          model: each.config.model,
          about: [each.config.gpu, variantOf(each.config), each.isOwn ? '' : configOrigin(each)]
            .filter((part) => part !== '' && part !== 'default')
            .join(', '),
          refused: null,
        }
      : { model: null, about: '', refused: each.refused }),
  }));
}

/** A file that cannot be read may be of any kind, so it is reported once. */
function withoutDoubles(rows: Row[]): Row[] {
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    if (row.refused === null) return [row];
    if (seen.has(row.path)) return [];
    seen.add(row.path);
    return [{ ...row, name: basename(row.path) }];
  });
}
