import { chooseGolden, listGolden, loadGoldenByName } from '../../golden/catalog.js';
import type { GoldenReference } from '../../golden/reference.js';

/** GPU class of the simulated GPUs, by the simulator's name. */
const SIMULATED_GPU = 'B200';

/**
 * The references whose vectors the node returns: the given one, else for each model the one that a validation
 * of this node chooses. Other references may be for the same inputs.
 */
export async function references(text: string | undefined): Promise<GoldenReference[]> {
  if (text !== undefined) return [await loadGoldenByName(text)];
  const listed = (await listGolden()).flatMap((each) =>
    'reference' in each ? each.reference.file.model : [],
  );
  const hardware = { gpu: SIMULATED_GPU, tensorParallel: null, pipelineParallel: null };
  return Promise.all(
    [...new Set(listed)].map(async (model) => (await chooseGolden(model, hardware)).reference),
  );
}
