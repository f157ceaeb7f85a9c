import { goOnOrStop, type LifecycleRun, readView } from '../lifecycle-run.js';

/** No model is changed while the weight of the nodes is being measured, unless somebody says so. */
export async function requireCalm(run: LifecycleRun, what: string): Promise<void> {
  const { epochs } = await readView(run);
  if (epochs.phase === 'Inference' && !epochs.isConfirmationPocActive) return;
  const phase = epochs.phase === 'Inference' ? 'confirmation PoC is active' : `the phase is ${epochs.phase}`;
  await goOnOrStop(run, `${phase}, and ${what}`, 'Go on all the same?');
}
