import type { NodeObject } from '../node-object.js';
import { type ChangeCheck, type ChangeFinding, ofEachNode } from './check.js';

/**
 * The broker's own rules beyond the schema. They are checked first, so that no refusal comes in the middle of
 * a change.
 */
export const config: ChangeCheck = {
  name: 'config',
  judge(facts) {
    const wanted = facts.nodes.map(({ node }) => node);
    const ids = new Set(wanted.map(({ id }) => id));
    const staying = facts.listed.map(({ node }) => node).filter(({ id }) => !ids.has(id));
    return ofEachNode(facts, ({ node }) => {
      const others = [...staying, ...wanted.filter((other) => other !== node)];
      const faults = [...blanks(node), ...others.flatMap((other) => clash(node, other))];
      if (faults.length === 0) return [{ state: 'ok', text: 'valid' }];
      return faults.map(
        (text): ChangeFinding => ({
          state: 'fail',
          text,
          advice: 'give every node its own id, and its own ports on a host',
        }),
      );
    });
  },
};

function blanks({ id, host }: NodeObject): string[] {
  return [
    ...(id.trim() === '' ? ['the id is blank'] : []),
    ...(host.trim() === '' ? ['the host is blank'] : []),
  ];
}

function clash(node: NodeObject, other: NodeObject): string[] {
  if (node.id === other.id) return ['the id is given twice'];
  if (node.host !== other.host) return [];
  return (['inference_port', 'poc_port'] as const)
    .filter((port) => node[port] === other[port])
    .map((port) => `${port} ${node[port]} on ${node.host} is used by node ${other.id}`);
}
