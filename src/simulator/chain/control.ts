import type { Answer } from './answer.js';
import type { SimulatedChain } from './chain.js';
import type { ProxyFaults } from './faults.js';

/** What a script may set over HTTP, by the name in `SimulatedChain`. */
const SETTABLE = [
  'version',
  'height',
  'blockTimeMs',
  'paused',
  'phaseOverride',
  'confirmationPocActive',
  'catchingUp',
  'indexesBlocks',
  'newShape',
  'minGasPrice',
  'sequenceMismatches',
  'holdsTransactions',
  'guardians',
] as const;

/** Control API of the simulator: `GET /sim/state`, `POST /sim/set`, `POST /sim/faults`. */
export function controlAnswer(
  chain: SimulatedChain,
  faults: ProxyFaults,
  url: URL,
  body: unknown,
): Answer | undefined {
  if (url.pathname === '/sim/state') {
    return {
      body: {
        height: chain.height,
        epoch: chain.epochIndex,
        hosts: chain.hosts.map((host) => ({ ...host, weight: String(host.weight) })),
        choices: Object.fromEntries(
          [...chain.choices].map(([model, choices]) => [model, Object.fromEntries(choices)]),
        ),
      },
    };
  }
  if (url.pathname === '/sim/set') return assign(chain, body, SETTABLE);
  if (url.pathname === '/sim/faults') return assign(faults, body, Object.keys(faults));
  return undefined;
}

/** Sets the known names; refuses every other one and names it. */
export function assign(target: object, body: unknown, known: readonly string[]): Answer {
  const entries = Object.entries(body ?? {});
  const unknown = entries.find(([key]) => !known.includes(key));
  if (unknown !== undefined)
    return { status: 400, body: { error: `unknown setting ${unknown[0]}; known: ${known.join(', ')}` } };
  Object.assign(target, Object.fromEntries(entries));
  return { body: { ok: true } };
}
