import { addressFault } from '../chain/address.js';
import { findNodeUrl, requireNodeUrl } from '../chain/node-url.js';
import { AssayError, Interrupted } from '../errors.js';
import { findGolden } from '../golden/catalog.js';
import { MlNodeClient } from '../mlnode/client.js';
import { findDeployConfig } from '../models/deploy-config.js';
import { AdminClient, type ListedNode, parseAdminUrl } from '../network/admin-client.js';
import { known } from '../network/known.js';
import { addressOf } from '../network/reach.js';
import { askText } from '../terminal/prompt.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Answers, EXAMPLE, type NodeAnswers } from './host-template.js';

interface Asking {
  terminal: Terminal;
  signal: AbortSignal;
}

/** Asks at the terminal for the content of a host file. Repeats a question whose answer is not possible. */
export async function askHost(asking: Asking): Promise<Answers> {
  const ask = (question: string, proposed: string, check: (answer: string) => unknown = () => {}) =>
    askUntilRight(question, proposed, check, asking);
  const address = await ask("Your host's account (gonka1…)", '', (answer) => {
    const fault = addressFault(answer);
    if (fault !== undefined) throw new AssayError(`that is no address: ${fault}`);
  });
  const key = await ask('Name of the key that signs, as in `inferenced keys list`', EXAMPLE.key);
  const node = await ask('Public API of a network node', proposedNode(), requireNodeUrl);
  const adminUrl = await ask('Admin API of your own network node', EXAMPLE.adminUrl, parseAdminUrl);
  const model = await ask('The model to bootstrap', EXAMPLE.model, (answer) => findGolden(answer));
  const listed = await listNodes(adminUrl, asking);
  const nodes =
    listed.length === 0
      ? [await askNode(model, EXAMPLE.nodes[0] as NodeAnswers, ask)]
      : await askWhich(model, listed, ask, asking);
  return { address, key, node, adminUrl, model, nodes };
}

/** The network node from the environment, as in every other command; else that of the example. */
export function proposedNode(env = process.env): string {
  return findNodeUrl(undefined, env) ?? EXAMPLE.node;
}

type Ask = (question: string, proposed: string, check?: (answer: string) => unknown) => Promise<string>;

/** The existing ML nodes. Empty where the admin API does not answer; then a line says so. */
async function listNodes(adminUrl: string, { terminal, signal }: Asking): Promise<ListedNode[]> {
  const listed = await known(() => new AdminClient(parseAdminUrl(adminUrl), signal).list());
  if ('unknown' in listed) {
    terminal.say(`its ML nodes cannot be read from here (${listed.unknown}): name one`);
    return [];
  }
  for (const { node } of listed.value)
    terminal.say(
      `  ${node.id}: ${node.host}, PoC port ${node.poc_port}, ${Object.keys(node.models).join(', ')}`,
    );
  if (listed.value.length === 0) terminal.say('it lists no ML node yet: name one');
  return listed.value;
}

async function askWhich(
  model: string,
  listed: ListedNode[],
  ask: Ask,
  { signal }: Asking,
): Promise<NodeAnswers[]> {
  const ids = (text: string) => text.split(/[\s,]+/).filter((id) => id !== '');
  const all = listed.map(({ node }) => node.id);
  const chosen = await ask('The ML nodes that will serve it', all.join(', '), (answer) => {
    const stranger = ids(answer).find((id) => !all.includes(id));
    if (stranger !== undefined) throw new AssayError(`the network node lists no ${stranger}`);
  });
  const nodes: NodeAnswers[] = [];
  for (const { node } of listed.filter(({ node }) => ids(chosen).includes(node.id))) {
    const gpus = await known(() => new MlNodeClient(addressOf(node), signal).gpuDevices());
    const name = ('value' in gpus && gpus.value?.devices[0]?.name) || EXAMPLE.nodes[0]?.gpu || '';
    nodes.push({
      id: node.id,
      host: node.host,
      inferencePort: node.inference_port,
      pocPort: node.poc_port,
      gpu: await askGpu(model, node.id, name.replace(/^NVIDIA\s+/i, ''), ask),
      presentModel: Object.keys(node.models)[0] ?? '',
    });
  }
  return nodes;
}

async function askNode(model: string, example: NodeAnswers, ask: Ask): Promise<NodeAnswers> {
  const id = await ask('Id of the ML node, as in `assay node list`', example.id);
  return {
    ...example,
    id,
    host: await ask('Its address', example.host),
    gpu: await askGpu(model, id, example.gpu, ask),
    presentModel: await ask('The model that it serves now', example.presentModel),
  };
}

function askGpu(model: string, id: string, proposed: string, ask: Ask): Promise<string> {
  return ask(`GPU class of ${id}`, proposed, (answer) => findDeployConfig(model, answer));
}

async function askUntilRight(
  question: string,
  proposed: string,
  check: (answer: string) => unknown,
  asking: Asking,
): Promise<string> {
  for (;;) {
    const answer = await askText(question, proposed, asking);
    try {
      await check(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof AssayError) || error instanceof Interrupted) throw error;
      asking.terminal.say(error.line);
    }
  }
}
