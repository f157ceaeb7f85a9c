import { describe, expect, it } from 'vitest';
import type { Choice } from '../../src/chain/choice.js';
import { type PlanInputs, planSteps } from '../../src/lifecycle/plan-steps.js';

/** The Kimi K2.6 bootstrap on mainnet: snapshot 3,873,996, PoC 3,874,496, epoch 251. */
function inputs(wanted: Choice, rest: Partial<PlanInputs> = {}): PlanInputs {
  const pocStart = 3_874_496 - 15_391;
  return {
    model: 'moonshotai/Kimi-K2.6',
    nodeUrl: 'https://node.example',
    key: 'cold',
    address: 'gonka1me',
    wanted,
    stored: { kind: 'none' },
    nodeIds: ['node1', 'node2'],
    epochs: {
      blockHeight: 3_873_000,
      epoch: { index: 250, pocStartHeight: pocStart },
      phase: 'Inference',
      stages: {
        pocStart,
        pocGenerationEnd: pocStart + 60,
        pocValidationStart: pocStart + 64,
        pocValidationEnd: pocStart + 164,
        setNewValidators: pocStart + 170,
        nextPocStart: 3_874_496,
      },
      epochLength: 15_391,
      isConfirmationPocActive: false,
    },
    heights: { epoch: 251, snapshotHeight: 3_873_996, pocStartHeight: 3_874_496 },
    msPerBlock: 6_000,
    loadTimeMs: 1_800_000,
    ...rest,
  };
}

describe('planSteps', () => {
  it('leads from the intent over the snapshot to one switch a node, each in time', () => {
    const steps = planSteps(inputs({ kind: 'intent' }));
    expect(steps.map(({ fromHeight, byHeight }) => [fromHeight, byHeight])).toEqual([
      [null, 3_873_995],
      [null, 3_873_996],
      [3_873_996, 3_873_997],
      // 30 minutes are 300 blocks of 6 s.
      [3_873_997, 3_874_196],
      [3_873_997, 3_874_196],
      [3_874_496, null],
    ]);
    expect(steps[0]?.command?.slice(0, 4)).toEqual(['assay', 'tx', 'intent', 'moonshotai/Kimi-K2.6']);
  });

  it('sends nothing that is stored already, and stores a delegation alone', () => {
    expect(planSteps(inputs({ kind: 'intent' }, { stored: { kind: 'intent' } }))[0]?.command).toBeNull();
    const steps = planSteps(inputs({ kind: 'delegation', delegateTo: 'gonka1you' }));
    expect(steps.map(({ command }) => command?.slice(1, 5))).toEqual([
      ['tx', 'delegate', 'moonshotai/Kimi-K2.6', 'gonka1you'],
    ]);
  });

  it('waits with an intent until the chain has forgotten the present ones', () => {
    const early = inputs({ kind: 'intent' }, { stored: { kind: 'intent' } });
    const { stages } = early.epochs;
    early.epochs.blockHeight = stages.pocStart + 10;
    expect(planSteps(early)[0]).toMatchObject({ fromHeight: stages.pocValidationEnd + 1 });
  });
});
