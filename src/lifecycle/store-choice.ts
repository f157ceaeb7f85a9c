import { join } from 'node:path';
import type { Choice } from '../chain/choice.js';
import { patiently } from '../chain/patience.js';
import { HOST_FILE } from '../tx/advice.js';
import { type SendReport, sendChoice } from '../tx/send.js';
import type { HostFile } from './host-file.js';
import { type LifecycleRun, patienceOf } from './lifecycle-run.js';

/** The longest wait for a transaction to be in a block, before the run stops with advice. */
const TIMEOUT_MS = 600_000;

/** Makes the chain store a choice. A choice that is stored or on its way is not sent again. */
export async function storeChoice(run: LifecycleRun, wanted: Choice): Promise<SendReport> {
  const { host, nodeUrl, folder, acceptWarnings } = run;
  const request = {
    ...sendSettings(host, nodeUrl),
    wanted,
    dryRun: false,
    acceptWarnings,
    logPath: join(folder, 'assay-tx.jsonl'),
  };
  return await patiently(() => sendChoice(request, run), patienceOf(run));
}

/** The settings that all transactions of a host file share. */
export function sendSettings(host: HostFile, nodeUrl: string) {
  return {
    model: host.model,
    signer: {
      from: host.key ?? host.address,
      nodeUrl,
      chainId: host.chain_id ?? 'gonka-mainnet',
      keyringBackend: host.keyring_backend ?? 'file',
      keyringDir: host.keyring_dir,
      ...(host.warm_key === true && { granter: host.address }),
      gas: 'auto',
      gasAdjustment: '1.3',
      gasPrices: host.gas_prices,
    },
    address: host.address,
    inferencedPath: host.inferenced ?? 'inferenced',
    passphraseFile: host.passphrase_file,
    rules: 'auto' as const,
    checkShare: false,
    again: false,
    names: HOST_FILE,
    waitForBlock: true,
    timeoutMs: TIMEOUT_MS,
  };
}
