import { expect, it } from 'vitest';
import type { ChainParams } from '../../../src/chain/params.js';
import type { Participant } from '../../../src/chain/participants.js';
import { type ModelEvidence, modelState, notInPocText } from '../../../src/chain/rules/model-state.js';

const inParams = { models: [{ modelId: 'm' }], initialModelId: '' } as ChainParams;
const isBase = { ...inParams, initialModelId: 'm' };
const outside = { models: [], initialModelId: '' } as unknown as ChainParams;
const server = (weight: bigint) => ({ address: 'a', weight, models: ['m'] }) as Participant;
const group = (models: string[], weighed: string[]): ModelEvidence['group'] => ({
  models,
  weighed: new Map(weighed.map((model) => [model, null])),
});

it.each([
  ['base', isBase, ['m'], group(['m'], ['m']), [server(5n)], false],
  ['active', inParams, ['m'], group(['m'], ['m']), [], false],
  ['active', inParams, ['m'], group([], []), [server(5n)], false],
  ['launching', inParams, ['m'], group(['m'], []), [server(5n)], false],
  ['launching', inParams, ['m'], group([], []), [server(0n)], false],
  ['launching', inParams, [], group([], []), [], false],
  ['unknown', inParams, ['m'], null, [server(5n)], false],
  ['catalogued', outside, ['m'], group(['m'], ['m']), [], false],
  ['removed', outside, [], group(['m'], []), [], false],
  ['removed', outside, [], null, [server(1n)], false],
  ['removed', outside, [], null, [], true],
  ['absent', outside, [], group([], []), [], false],
] as const)('%s', (expected, params, catalogue, epochGroup, participants, isKnown) => {
  const evidence = { catalogue: [...catalogue], group: epochGroup };
  const told = modelState('m', { params, participants: [...participants], evidence }, isKnown);
  expect(told.state).toBe(expected);
  expect(told.evidence).not.toBe('');
  if (expected === 'removed') expect(notInPocText('m', told)).toMatch(/"m" is removed: it is neither/);
  if (expected === 'absent') expect(notInPocText('m', told)).toMatch(/not in the chain's PoC parameters/);
});
