import { describe, expect, it } from 'vitest';
import type { StageRecord } from '../../src/chain/stage/record.js';
import { stageOf } from '../../src/chain/stage/stage.js';
import { judgeStage } from '../../src/poc/outcome.js';
import { outcomeJson } from '../../src/poc/outcome-json.js';

const everything = { address: null, model: null, hardware: null };
const vote = (validator: string, validated_weight: string | number | null) => ({
  validator_participant_address: validator,
  validated_weight,
});

/** A stage of one model, a host `p` and validators of equal power, judged by power. */
const recordOf = (
  votes: ReturnType<typeof vote>[],
  answers: Partial<StageRecord['answers']> = {},
  powers: Record<string, string | number | null> = { a: '1', b: 1, c: '1' },
): StageRecord => ({
  node: '',
  version: 'v0.2.17',
  taken_at: '',
  block_height: 100,
  phase: 'Inference',
  place: { height: 10, epoch: 1, confirmation: false, formedAtHeight: 50 },
  early: null,
  answers: {
    params: { params: { poc_params: { models: [{ model_id: 'm' }] } } },
    commits: {
      commits: [{ participant_address: 'p', count: '9007199254740993', root_hash: 'cg==', model_id: 'm' }],
    },
    distributions: {
      distributions: [{ participant_address: 'p', model_id: 'm', weights: [{ node_id: 'n', weight: 5 }] }],
    },
    validations: { poc_validation: [{ participant: 'p', model_id: 'm', poc_validation: votes }] },
    snapshot: {
      found: true,
      snapshot: {
        app_hash: 'ab',
        total_network_weight: 3,
        model_voting_powers: [
          {
            model_id: 'm',
            voting_powers: Object.entries(powers).map(([address, voting_power]) => ({
              address,
              voting_power,
            })),
          },
        ],
      },
    },
    coefficients: null,
    group: null,
    model_groups: {},
    ...answers,
  },
});
const judged = (record: StageRecord) => outcomeJson(judgeStage(stageOf(record), everything), null);
const participant = (record: StageRecord) => judged(record).models[0]?.participants[0];

describe('votes', () => {
  it('count once, however often they come', () => {
    const votes = [vote('a', 1), vote('a', '7'), vote('b', '-1'), vote('b', -1), vote('c', null)];
    expect(participant(recordOf(votes))).toMatchObject({
      accepted: false,
      slots: { unit: 'power', valid: '1', invalid: '2', unvoted: '0' },
    });
  });

  it('that contradict each other decide nothing, unless both ways lead to the same', () => {
    const open = judged(recordOf([vote('a', 1), vote('b', 1), vote('b', -1)]));
    expect(open.models[0]?.participants[0]).toMatchObject({
      accepted: null,
      decided_by: null,
      weight_computed: null,
    });
    expect(open.warnings).toContainEqual(expect.stringMatching(/voted both valid and invalid on p/));
    const settled = participant(recordOf([vote('a', 1), vote('b', 1), vote('c', 1), vote('c', -1)]));
    expect(settled).toMatchObject({ accepted: true, decided_by: 'majority_valid' });
  });
});

describe('odd answers', () => {
  it('keep every digit of a large count', () => {
    expect(participant(recordOf([vote('a', 1), vote('b', 1)]))).toMatchObject({
      count: '9007199254740993',
      raw_weight_computed: '9007199254740993',
      // Of v0.2.17, and told nowhere.
      weight_computed: null,
    });
  });

  it.each<[string, Partial<StageRecord['answers']>]>([
    ['no lists at all', { commits: {}, distributions: {}, validations: {} }],
    [
      'null lists',
      {
        commits: { commits: null },
        distributions: { distributions: null },
        validations: { poc_validation: null },
      },
    ],
    ['a snapshot without anything', { snapshot: { found: true, snapshot: {} } }],
    ['no snapshot', { snapshot: {} }],
    [
      'commits of a model that is not in PoC',
      { commits: { commits: [{ participant_address: 'p', model_id: 'x', count: 1 }] } },
    ],
    ['a commit without model and count', { commits: { commits: [{ participant_address: 'p' }] } }],
  ])('are judged without a fault: %s', (_name, answers) => {
    const { models } = judged(recordOf([vote('a', 1)], answers));
    for (const { participants } of models)
      for (const one of participants) expect(one.accepted).not.toBe(true);
  });

  it('refuse more slots than any chain has', () => {
    const params = { params: { poc_params: { validation_slots: '4000000000', models: [] } } };
    expect(() => judged(recordOf([], { params }))).toThrow(/4000000000 validation slots/);
  });
});
