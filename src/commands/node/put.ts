import { AssayError } from '../../errors.js';
import { findNode } from '../../network/apply.js';
import { differences } from '../../network/compare.js';
import { readNodeConfig } from '../../network/node-config.js';
import { type PutResult, putBatch, putNodes } from '../../network/put-nodes.js';
import { renderTable } from '../../terminal/table.js';
import { jsonText } from '../../text/json.js';
import type { ArgsOf, Context } from '../command.js';
import { checkChange, loadingOptions, openAdmin, reachOf, requireAll } from './network-options.js';

export const putOptions = loadingOptions;

type PutArgs = ArgsOf<typeof putOptions> & { file: string; batch?: boolean | undefined };

/** The common part of `node add` and `node update`: check, send what differs, read back, and print. */
export async function putFile(change: 'add' | 'update', args: PutArgs, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const nodes = await readNodeConfig(args.file);
  const reach = reachOf(args, nodes);
  const admin = openAdmin(args, signal);
  const listed = await admin.list();
  const isThere = (id: string) => findNode(listed, id);
  const missing = nodes.filter((node) => {
    const there = isThere(node.id);
    return there === undefined || differences(node, there.node).length > 0;
  });
  const known = missing.filter(({ id }) => isThere(id) !== undefined).map(({ id }) => id);
  if (args.batch && known.length > 0) {
    throw new AssayError(`--batch registers new ids only, and ${known.join(', ')} is known already`, {
      advice: 'leave --batch out, or use `assay node update`',
    });
  }
  const checks =
    missing.length === 0 ? [] : await checkChange(change, missing, { admin, listed, args, context, reach });
  const sent =
    args.batch && missing.length > 0 ? await putBatch(admin, missing) : await putNodes(admin, missing);
  const results = nodes.map(
    ({ id }): PutResult => sent.find((result) => result.id === id) ?? { id, result: 'unchanged' },
  );
  if (args.json) terminal.out(jsonText({ checks, nodes: results }));
  else {
    const rows = results.map(({ id, result, error }) => [id, result, error ?? '']);
    terminal.out(renderTable(['id', 'result', ''], rows, terminal));
  }
  requireAll(results);
  return 0;
}
