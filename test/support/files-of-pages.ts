import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';

const MODEL = 'moonshotai/Kimi-K2.6';
/** The simulated chain's first host. */
const HOST = 'gonka1cqm9kk3cvlxrstmg2n7ufah3p3u9wf6u8du7jv';

/**
 * Writes the files that the commands of the documentation name.
 *
 * @param pocPorts of two ML nodes on 127.0.0.1
 * @param network URL of the network node
 */
export function writeFilesOfPages(folder: string, pocPorts: readonly number[], network: string): void {
  const write = (name: string, content: object) =>
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  const artifact = (name: string) => join(packageRoot, 'artifacts', name);
  const { args } = JSON.parse(readFileSync(artifact('node-configs/moonshotai-kimi-k2.6_b200.json'), 'utf8'));
  const node = (id: string, at: 0 | 1) => ({
    ...{ id, host: '127.0.0.1', inference_port: 5050, poc_port: pocPorts[at], max_concurrent: 500 },
    models: { [MODEL]: { args } },
  });
  const url = (at: 0 | 1) => `http://127.0.0.1:${pocPorts[at]}`;

  const reference = JSON.parse(readFileSync(artifact('golden/moonshotai-kimi-k2.6.json'), 'utf8'));
  for (const name of ['new-model-reference.json', 'a.json', 'b.json']) write(name, reference);
  // A second reference has other vectors than the first.
  const [one, two, ...rest] = reference.artifacts;
  const swapped = [
    { ...one, vector_b64: two.vector_b64 },
    { ...two, vector_b64: one.vector_b64 },
  ];
  write('other.json', { ...reference, artifacts: [...swapped, ...rest] });
  write('nodes.json', [node('node1', 0), node('node2', 1)]);
  write('kimi.json', node('node1', 0));
  for (const name of ['new-model.json', 'new-model-B300.json']) write(name, node('node1', 0));
  mkdirSync(join(folder, 'nodes'), { recursive: true });
  write('nodes/fra-1.json', node('fra-1', 1));
  write('fleet.yaml', {
    name: 'pool',
    model: MODEL,
    nodes: [
      { id: 'ams-1', url: url(0) },
      { id: 'fra-1', url: url(1) },
    ],
  });
  write('host.yaml', {
    ...{ address: HOST, key: 'host1', node: network, admin_url: network, model: MODEL, choice: 'deploy' },
    ml_nodes: [{ id: 'node1', host: '127.0.0.1', gpu: 'B200', poc_port: pocPorts[0] }],
  });
}
