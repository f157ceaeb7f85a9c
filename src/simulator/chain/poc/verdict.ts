import { createHash } from 'node:crypto';
import type { SimulatedChain } from '../chain.js';
import { pocHost, type SimulatedCommit, type SimulatedStage } from './stage.js';

/**
 * The groups that a stage forms. They are written from the protocol and share no code with `assay poc
 * outcome`, so a comparison tests both.
 */
export function verdictOf(
  chain: SimulatedChain,
  stage: SimulatedStage,
): NonNullable<SimulatedStage['groups']> {
  const groups: NonNullable<SimulatedStage['groups']> = new Map();
  const cast = new Map<string, Map<string, bigint>>();
  for (const { participant, modelId, validator, weight } of stage.votes) {
    const key = `${modelId} ${participant}`;
    const known = cast.get(key) ?? new Map<string, bigint>();
    cast.set(key, known.set(validator, weight));
  }
  for (const [key, committed] of stage.commits) {
    if (!isAccepted(chain, stage, committed, cast.get(key) ?? new Map())) continue;
    const shares = stage.distributions.find(
      ({ address, modelId }) => address === committed.address && modelId === committed.modelId,
    );
    if (shares === undefined) continue;
    const group = groups.get(committed.modelId) ?? new Map();
    groups.set(committed.modelId, group);
    group.set(committed.address, {
      raw: corrected(chain, stage, committed.count),
      nodes: shares.weights.map(({ nodeId, weight }) => ({
        nodeId,
        weight: corrected(chain, stage, weight),
      })),
    });
  }
  return groups;
}

function isAccepted(
  chain: SimulatedChain,
  { snapshot }: SimulatedStage,
  { address, modelId }: SimulatedCommit,
  cast: ReadonlyMap<string, bigint>,
): boolean {
  const powers = [...(snapshot?.votingPowers.get(modelId) ?? [])].filter(([, power]) => power > 0n).sort();
  const whole = powers.reduce((sum, [, power]) => sum + power, 0n);
  if (snapshot === null || whole === 0n) return false;

  const network = snapshot.totalNetworkWeight;
  const slots = BigInt(chain.poc.validationSlots);
  const against = slots > 0n ? slots : network;
  let yes = 0n;
  let no = 0n;
  const count = (validator: string, by: bigint) => {
    const weight = cast.get(validator);
    if (weight === undefined) return;
    if (weight > 0n) yes += by;
    else no += by;
  };
  if (slots === 0n) for (const [validator, power] of powers) count(validator, power);
  else {
    const dealt = whole >= network ? slots : (whole * slots) / network;
    for (let slot = 0n; slot < dealt; slot++) {
      const digest = createHash('sha256')
        .update(`${snapshot.appHash}${address}${modelId}${slot}`)
        .digest('hex');
      let rest = BigInt(`0x${digest.slice(0, 16)}`) % whole;
      const owner = powers.find(([, power]) => {
        rest -= power;
        return rest < 0n;
      });
      if (owner) count(owner[0], 1n);
    }
  }
  const bps = BigInt(chain.poc.thresholdBps || 5000);
  if (against > 0n && yes * 10_000n > against * bps) return true;
  if (against > 0n && no * 10_000n > against * bps) return false;
  const guards = chain.hosts
    .filter((host) => pocHost(chain, host).guardian)
    .flatMap((host) => cast.get(host.address) ?? []);
  return guards.length > 0 && guards.every((weight) => weight > 0n);
}

/**
 * A count times the planned over the real seconds; the factor is rounded to 16 digits, like the chain's
 * decimals.
 */
function corrected({ poc, params }: SimulatedChain, { snapshot }: SimulatedStage, count: bigint): bigint {
  if (!poc.normalised || snapshot === null) return count;
  const real = snapshot.exchangeEnd - snapshot.generationStart;
  if (real <= 0n) return count;
  const planned = BigInt(params.pocStageDuration + poc.exchangeDuration) * 541n;
  const digits = 10n ** 16n;
  const [quotient, remainder] = [(planned * digits) / (real * 100n), (planned * digits) % (real * 100n)];
  const factor = quotient + (2n * remainder >= real * 100n ? 1n : 0n);
  return (count * factor) / digits;
}
