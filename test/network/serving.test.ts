import { describe, expect, it } from 'vitest';
import { judgeServing, type ServingLook } from '../../src/network/serving.js';
import { KIMI, listedNode, nodeObject, QWEN } from './checks/facts.js';

const AWAY = { unknown: 'GET …: cannot connect' };
const inference = { current_status: 'INFERENCE', status_timestamp: 't1' };

function look(changes: Partial<ServingLook>): ServingLook {
  return {
    model: KIMI,
    names: [KIMI],
    others: [QWEN],
    listed: { value: listedNode(nodeObject(), inference) },
    before: undefined,
    state: { value: { state: 'INFERENCE', loaded_model: KIMI } },
    promised: null,
    replicas: { value: 2 },
    ...changes,
  };
}

const failed = (reason: string, at: string) => ({
  current_status: 'FAILED',
  failure_reason: reason,
  status_timestamp: at,
});

describe('one look at a node that is to serve a model', () => {
  it.each<[string, Partial<ServingLook>, string, string]>([
    ['the model on replicas', {}, 'serving', 'on 2 replicas'],
    [
      'an old node that does not tell the model',
      { state: { value: { state: 'INFERENCE' } } },
      'serving',
      KIMI,
    ],
    ['all promised replicas', { promised: 2 }, 'serving', 'on 2 replicas'],
    ['half of the promised replicas', { promised: 4 }, 'waiting', 'on 2 of 4 replicas'],
    ['no replica yet', { replicas: { value: 0 } }, 'waiting', 'no replica'],
    [
      'a node that no epoch has given a model yet',
      {
        listed: { value: listedNode(nodeObject(), failed('No epoch models available for this node', 't2')) },
        state: { value: { state: 'STOPPED' } },
      },
      'awaits_poc',
      'waits for its first PoC',
    ],
    [
      'the same in the words of a newer build, with the ML node out of reach',
      {
        listed: {
          value: listedNode(nodeObject(), failed('deploy: no epoch models available for this node', 't2')),
        },
        state: AWAY,
      },
      'awaits_poc',
      'waits for its first PoC',
    ],
    [
      'the same where the ML node serves all the same',
      {
        listed: { value: listedNode(nodeObject(), failed('No epoch models available for this node', 't2')) },
      },
      'serving',
      'on 2 replicas',
    ],
    ['replicas unknown', { replicas: AWAY }, 'waiting', 'cannot connect'],
    ['another state', { state: { value: { state: 'STOPPED' } } }, 'waiting', 'STOPPED'],
    [
      'another model',
      { state: { value: { state: 'INFERENCE', loaded_model: QWEN } } },
      'waiting',
      `still serves ${QWEN}`,
    ],
    [
      'the epoch’s model',
      {
        listed: { value: listedNode(nodeObject(), { ...inference, epoch_ml_nodes: { [QWEN]: {} } }) },
        state: { value: { state: 'INFERENCE', loaded_model: QWEN } },
      },
      'waiting',
      'the model of the running epoch',
    ],
    ['a new failure', { listed: { value: listedNode(nodeObject(), failed('oom', 't1')) } }, 'failed', 'oom'],
    [
      'a failure that was there before',
      { listed: { value: listedNode(nodeObject(), failed('oom', 't0')) }, before: failed('oom', 't0') },
      'serving',
      'replicas',
    ],
    [
      'the same failure again',
      { listed: { value: listedNode(nodeObject(), failed('oom', 't1')) }, before: failed('oom', 't0') },
      'failed',
      'oom',
    ],
    ['no word of the network node', { listed: AWAY }, 'waiting', 'cannot connect'],
    ['no word of the ML node, and a new INFERENCE', { state: AWAY }, 'serving', 'cannot reach the ML node'],
    [
      'no word of the ML node, and an old INFERENCE',
      { state: AWAY, before: inference },
      'waiting',
      'cannot connect',
    ],
  ])('%s', (_, changes, status, text) => {
    expect(judgeServing(look(changes))).toMatchObject({ status, text: expect.stringContaining(text) });
  });
});
