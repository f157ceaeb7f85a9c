import { createHash } from 'node:crypto';
import type { SimulatedChain, SimulatedHost } from '../chain.js';
import { stagesFrom } from '../stages.js';
import { pocHost, type SimulatedSnapshot, type SimulatedStage } from './stage.js';
import { verdictOf } from './verdict.js';

/** Plays the running epoch's stage up to the current height, which may be after its end. */
export function playStage(chain: SimulatedChain, from: number): void {
  const stages = stagesFrom(chain.pocStartHeight, chain);
  const last = Math.min(chain.height, stages.set_new_validators);
  for (let height = Math.max(from, stages.poc_start); height <= last; height++) playBlock(chain, height);
}

function playBlock(chain: SimulatedChain, height: number): void {
  const times = stagesFrom(chain.pocStartHeight, chain);
  const stage = stageAt(chain, times.poc_start);
  if (height > times.poc_start && height <= times.poc_generation_end) commit(chain, stage, height);
  if (height === times.poc_generation_end) distribute(chain, stage);
  if (height === times.poc_validation_start) stage.snapshot = takeSnapshot(chain, height);
  if (height === times.poc_validation_wind_down) vote(chain, stage);
  if (height === times.set_new_validators) {
    stage.groups = verdictOf(chain, stage);
    for (const old of chain.poc.stages.keys())
      if (old < times.poc_start - 3 * chain.params.epochLength) chain.poc.stages.delete(old);
  }
}

function stageAt(chain: SimulatedChain, height: number): SimulatedStage {
  const known = chain.poc.stages.get(height);
  if (known !== undefined) return known;
  const made: SimulatedStage = {
    height,
    epoch: chain.epochIndex,
    commits: new Map(),
    distributions: [],
    votes: [],
    snapshot: null,
    groups: null,
  };
  chain.poc.stages.set(height, made);
  return made;
}

/** A model that the host serves now, or commits for the first time. */
function modelsOf(chain: SimulatedChain, host: SimulatedHost): string[] {
  const launching = chain.models.filter(({ active }) => !active && host.commits);
  return [...new Set([...host.models, ...launching.map(({ modelId }) => modelId)])];
}

function commit(chain: SimulatedChain, stage: SimulatedStage, height: number): void {
  for (const host of chain.hosts) {
    const { commits, rate, nodes, lateBlocks } = pocHost(chain, host);
    const blocks = height - stage.height - lateBlocks;
    if (!commits || blocks <= 0) continue;
    for (const modelId of modelsOf(chain, host)) {
      const count = BigInt(rate) * BigInt(nodes) * BigInt(blocks);
      stage.commits.set(`${modelId} ${host.address}`, {
        address: host.address,
        modelId,
        count,
        rootHash: createHash('sha256').update(`${host.address}${modelId}${count}`).digest('base64'),
      });
    }
  }
}

function distribute(chain: SimulatedChain, stage: SimulatedStage): void {
  for (const { address, modelId, count } of stage.commits.values()) {
    const host = chain.hosts.find((candidate) => candidate.address === address);
    const { nodes, distribution } = pocHost(chain, host ?? { name: '' });
    if (!distribution) continue;
    const share = count / BigInt(nodes);
    const weights = Array.from({ length: nodes }, (_, index) => ({
      nodeId: `node${index + 1}`,
      weight: index === 0 ? count - share * BigInt(nodes - 1) : share,
    }));
    stage.distributions.push({ address, modelId, weights });
  }
}

function takeSnapshot(chain: SimulatedChain, height: number): SimulatedSnapshot {
  const live = chain.hosts.filter(({ weight, excluded }) => weight > 0n && !excluded);
  const seconds = (blocks: number) => BigInt(Math.round((blocks * 541) / 100));
  const generationStart = 1_790_000_000n + seconds(height - 13);
  return {
    height,
    appHash: createHash('sha256').update(`app hash ${height}`).digest('hex'),
    generationStart,
    // A little slower than planned.
    exchangeEnd: generationStart + seconds(chain.params.pocStageDuration + chain.poc.exchangeDuration) + 2n,
    totalNetworkWeight:
      live.reduce((sum, { weight }) => sum + weight, 0n) * BigInt(chain.poc.networkWeightFactor),
    votingPowers: new Map(
      chain.models
        .filter(({ active }) => active)
        .map(({ modelId }) => [
          modelId,
          new Map(
            live
              .filter(({ models }) => models.includes(modelId))
              .map(({ address, weight }) => [address, weight]),
          ),
        ]),
    ),
  };
}

function vote(chain: SimulatedChain, stage: SimulatedStage): void {
  const byAddress = new Map(chain.hosts.map((host) => [host.address, host]));
  for (const { address, modelId, count } of stage.commits.values()) {
    const target = pocHost(chain, byAddress.get(address) ?? { name: '' });
    for (const validator of chain.hosts) {
      const script = pocHost(chain, validator);
      const votes = validator.models.includes(modelId) || script.guardian;
      if (!votes || script.votes === 'silent') continue;
      const isFor =
        script.votes === 'for_all' ||
        (script.votes === 'honest' && !target.cheats) ||
        (script.votes === 'own_class' && script.gpu === target.gpu);
      const entry = { participant: address, validator: validator.address, modelId };
      for (let times = chain.poc.doublesVotes ? 2 : 1; times > 0; times--)
        stage.votes.push({ ...entry, weight: isFor ? count : -1n });
    }
  }
}
