import { statSync } from 'node:fs';
import { addressFault } from '../../chain/address.js';
import { type Choice, choiceText } from '../../chain/choice.js';
import { requireNodeUrl } from '../../chain/node-url.js';
import type { RuleSet } from '../../chain/rules/costs.js';
import { UsageError } from '../../errors.js';
import { jsonText } from '../../text/json.js';
import type { SendReport, SendRequest } from '../../tx/send.js';
import { chainOptions, rulesOption } from '../chain-options.js';
import type { Context } from '../command.js';
import { numberFlag, textFlag } from '../flags.js';

/** Options for finding the key; `bootstrap status` has these as well. */
export const keyOptions = {
  from: textFlag('name of the (cold) key (env KEY)'),
  address: textFlag('its address, so that the keyring need not be read'),
  'keyring-dir': textFlag('folder of the keyring, if it is not inferenced’s default (env KEYRING_DIR)'),
  'keyring-backend': textFlag('keyring backend (default: file; env KEYRING_BACKEND)'),
  inferenced: textFlag('path of the binary that signs', { default: 'inferenced' }),
  'passphrase-file': textFlag(
    'file with the passphrase in its first line, - for stdin; without it inferenced asks you',
  ),
} as const;

export const txOptions = {
  ...chainOptions,
  ...keyOptions,
  address: { ...keyOptions.address, description: 'the address that the key must have' },
  'chain-id': textFlag('chain id (default: gonka-mainnet; env CHAIN_ID)'),
  gas: textFlag('gas limit', { default: 'auto' }),
  'gas-adjustment': textFlag('factor on the estimate', { default: '1.3' }),
  'gas-prices': textFlag('gas price, for example 1ngonka'),
  fees: textFlag('the whole fee, in place of a gas price, for example 1000000ngonka', {
    conflicts: 'gas-prices',
  }),
  'dry-run': { type: 'boolean', description: 'check, print the exact command, send nothing' },
  yes: { type: 'boolean', description: 'accept warnings; errors still stop it' },
  again: {
    type: 'boolean',
    description: 'send although an earlier attempt may have arrived',
  },
  wait: { type: 'boolean', default: true, description: 'wait for the block (--no-wait)' },
  timeout: numberFlag('timeout', 'seconds to wait for the block', { above: 0, max: 86_400, default: 120 }),
  rules: rulesOption,
} as const;

export const txModelPositional = {
  type: 'string',
  demandOption: true,
  description: 'for example moonshotai/Kimi-K2.6',
} as const;

interface KeyArgs {
  from?: string | undefined;
  address?: string | undefined;
  'keyring-backend'?: string | undefined;
  'keyring-dir'?: string | undefined;
  granter?: string | undefined;
}

interface TxArgs extends KeyArgs {
  model: string;
  node?: string | undefined;
  json?: boolean | undefined;
  inferenced: string;
  'passphrase-file'?: string | undefined;
  'chain-id'?: string | undefined;
  gas: string;
  'gas-adjustment': string;
  'gas-prices'?: string | undefined;
  fees?: string | undefined;
  again?: boolean | undefined;
  'dry-run'?: boolean | undefined;
  yes?: boolean | undefined;
  wait: boolean;
  timeout: number;
  rules: RuleSet | 'auto';
  'check-share'?: boolean | undefined;
}

/** Name of the key and path of its keyring, from the command line or the guide's variables. */
export function keySettings(args: KeyArgs, env = process.env) {
  if (args.address !== undefined) requireAddress('--address', args.address);
  return {
    from: args.from ?? nonEmpty(env['KEY']) ?? args.address,
    address: args.address,
    keyringBackend: args['keyring-backend'] ?? nonEmpty(env['KEYRING_BACKEND']) ?? 'file',
    keyringDir: keyringFolder(args['keyring-dir'], env),
  };
}

/** Runs one of the commands that store a choice. */
export async function runTx(args: TxArgs, wanted: Choice, context: Context): Promise<number> {
  const { sendChoice } = await import('../../tx/send.js');
  const request = sendRequest(args, wanted);
  const report = await sendChoice(request, context);
  const { terminal } = context;
  if (args.json) terminal.out(jsonText({ model: args.model, choice: wanted, ...report }));
  else if (report.outcome === 'dry_run') terminal.out(report.command);
  else if (report.outcome === 'stored') terminal.out(storedText(choiceText(wanted), args.model, report));
  else if (report.outcome === 'already_stored')
    terminal.out(`stored already: ${choiceText(wanted)} for ${args.model}`);
  else if (report.outcome === 'broadcast') terminal.out(`broadcast: ${report.hash}`);
  // Only a dry run can finish with these.
  return report.checks.some(({ level }) => level === 'error') ? 1 : 0;
}

function sendRequest(args: TxArgs, wanted: Choice): SendRequest {
  const { from, address, keyringBackend, keyringDir } = keySettings(args);
  if (from === undefined)
    throw new UsageError('no key is given', {
      advice: 'add --from KEY (or set KEY), as in `inferenced keys list`',
    });
  return {
    model: args.model,
    wanted,
    signer: {
      from,
      nodeUrl: requireNodeUrl(args.node),
      chainId: args['chain-id'] ?? nonEmpty(process.env['CHAIN_ID']) ?? 'gonka-mainnet',
      keyringBackend,
      keyringDir,
      ...(args.granter !== undefined && { granter: args.granter }),
      gas: args.gas,
      gasAdjustment: args['gas-adjustment'],
      gasPrices: args['gas-prices'],
      fees: args.fees,
    },
    address,
    inferencedPath: args.inferenced,
    passphraseFile: args['passphrase-file'],
    rules: args.rules,
    checkShare: args['check-share'] ?? false,
    dryRun: args['dry-run'] ?? false,
    acceptWarnings: args.yes ?? false,
    again: args.again ?? false,
    waitForBlock: args.wait,
    timeoutMs: args.timeout * 1000,
  };
}

function storedText(choice: string, model: string, { hash, height }: SendReport): string {
  if (hash === null) return `stored: ${choice} for ${model}`;
  return height === null
    ? `stored: ${choice} for ${model}, ${hash}`
    : `stored: ${choice} for ${model}, block ${height}, ${hash}`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** @throws UsageError when the folder does not exist: inferenced would make an empty one without the key */
function keyringFolder(flag: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const folder = flag ?? nonEmpty(env['KEYRING_DIR']);
  if (folder === undefined || isFolder(folder)) return folder;
  throw new UsageError(`${flag === undefined ? 'KEYRING_DIR' : '--keyring-dir'} ${folder}: no such folder`, {
    advice: 'give the folder that holds keyring-file, for example ~/.inference',
  });
}

function requireAddress(flag: string, text: string): void {
  const fault = addressFault(text);
  if (fault !== undefined) throw new UsageError(`${flag}: "${text}" is no address: ${fault}`);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
