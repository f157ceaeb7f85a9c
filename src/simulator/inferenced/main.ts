import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../../errors.js';
import { requestJson } from '../../http/request.js';
import type { SimulatedTx } from '../chain/chain.js';
import type { SimulatedKeyring } from './install.js';
import { unlockKeyring } from './passphrase.js';

const OPTIONS = {
  from: { type: 'string' },
  node: { type: 'string', default: 'tcp://localhost:26657' },
  'chain-id': { type: 'string' },
  'keyring-backend': { type: 'string', default: 'os' },
  'keyring-dir': { type: 'string' },
  gas: { type: 'string', default: '200000' },
  'gas-adjustment': { type: 'string', default: '1' },
  'gas-prices': { type: 'string' },
  fees: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  output: { type: 'string', short: 'o' },
  address: { type: 'boolean', short: 'a' },
  'generate-only': { type: 'boolean' },
  offline: { type: 'boolean' },
  'account-number': { type: 'string' },
  sequence: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const GAS_USED = 80_000;

type Values = ReturnType<typeof parse>['values'];

/** Runs one command of the stand-in and returns its exit code. */
export async function runInferenced(argv: string[], keyring: SimulatedKeyring): Promise<number> {
  try {
    const { values, positionals } = parse(argv);
    const [group, topic, ...rest] = positionals;
    if (group === 'version') return print('simulated\n');
    if (group === 'keys' && topic === 'show') return await showKey(rest[0] ?? '', values, keyring);
    if (values.help) return print('Usage: inferenced … [flags]\n      --fee-granter string\n');
    if (group === 'tx' && topic === 'authz' && rest[0] === 'exec')
      return await execute(rest[1] ?? '', values, keyring);
    if (group === 'tx' && topic === 'inference') return await transact(rest, values, keyring);
    throw new Error(`unknown command "${positionals.join(' ')}" for "inferenced"`);
  } catch (error) {
    process.stderr.write(`Error: ${messageOf(error)}\n`);
    return 1;
  }
}

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true });
}

async function showKey(name: string, values: Values, keyring: SimulatedKeyring): Promise<number> {
  await unlock(values, keyring);
  process.stdout.write(`${addressOfKey(name, keyring)}\n`);
  return 0;
}

async function transact(message: string[], values: Values, keyring: SimulatedKeyring): Promise<number> {
  const [type, modelId, delegateTo] = message;
  const knownTypes = ['declare-poc-intent', 'set-poc-delegation', 'refuse-poc-delegation'];
  if (type === undefined || !knownTypes.includes(type) || modelId === undefined)
    throw new Error(`unknown command "${message.join(' ')}" for "inferenced tx inference"`);
  const intent = {
    type: type as SimulatedTx['type'],
    modelId,
    ...(delegateTo !== undefined && { delegateTo }),
  };
  // The message alone: its sender is an address, so no key is needed.
  if (values['generate-only']) return print(`${JSON.stringify({ ...intent, from: values.from })}\n`);
  await unlock(values, keyring);
  return await send({ ...intent, from: addressOfKey(values.from ?? '', keyring) }, values);
}

/** Executes a message of another account, which has granted this to the key. */
async function execute(path: string, values: Values, keyring: SimulatedKeyring): Promise<number> {
  const message = JSON.parse(await readFile(path, 'utf8')) as Message;
  await unlock(values, keyring);
  return await send({ ...message, grantee: addressOfKey(values.from ?? '', keyring) }, values);
}

type Message = Pick<SimulatedTx, 'type' | 'from' | 'modelId' | 'delegateTo' | 'grantee'>;

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function send(message: Message, values: Values): Promise<number> {
  const from = message.grantee ?? message.from;
  const { sequence } = await call<{ sequence: number }>(values.node, 'account', { from });
  const isAuto = values.gas === 'auto';
  const gas = isAuto ? Math.round(GAS_USED * Number(values['gas-adjustment'])) : Number(values.gas);
  const tx: SimulatedTx = {
    ...message,
    gasPrice: Number.parseFloat(values['gas-prices'] ?? '0'),
    ...(values.fees !== undefined && { fee: Number.parseFloat(values.fees) }),
    gas,
    sequence,
  };
  const encoded = { tx: Buffer.from(JSON.stringify(tx)).toString('base64') };
  if (isAuto) {
    const { code, log } = await call<{ code: number; log: string }>(values.node, 'simulate', encoded);
    if (code !== 0)
      throw new Error(
        `rpc error: code = Unknown desc = failed to execute message; message index: 0: ${log} with gas used: '61022': unknown request`,
      );
    process.stderr.write(`gas estimate: ${gas}\n`);
  }
  const { hash, ...answer } = await call<{ hash: string; code: number; codespace: string; log: string }>(
    values.node,
    'broadcast_tx_sync',
    encoded,
  );
  const { code, codespace, log } = answer;
  process.stdout.write(
    `${JSON.stringify({ height: '0', txhash: hash, codespace, code, data: '', raw_log: log, logs: [] })}\n`,
  );
  return 0;
}

async function unlock(values: Values, keyring: SimulatedKeyring): Promise<void> {
  if (values['keyring-backend'] === 'test') return;
  const fault = await unlockKeyring(keyring.passphrase);
  if (fault !== undefined) throw new Error(fault);
}

function addressOfKey(name: string, { keys }: SimulatedKeyring): string {
  const address = Object.hasOwn(keys, name)
    ? keys[name]
    : Object.values(keys).find((candidate) => candidate === name);
  if (address !== undefined) return address;
  throw new Error(`${name} is not a valid name or address: ${name}.info: key not found`);
}

async function call<T>(node: string, method: string, params: object): Promise<T> {
  const { body } = await requestJson({
    method: 'POST',
    url: node,
    body: { jsonrpc: '2.0', id: 1, method, params },
    timeoutMs: 20_000,
    maxBytes: 1024 * 1024,
  });
  return (body as { result: T }).result;
}
