/** A simulated ML node: the whole protocol of a real one over a real socket, without a GPU. */
export type { Fault, FaultHook, SimulatedRequest } from './faults.js';
export { IMAGE_FAULTS, type ImageFault } from './image-faults.js';
export type { MlNodeSimulatorOptions } from './options.js';
export { type ProfileName, profiles } from './profiles/index.js';
export type { Profile } from './profiles/profile.js';
export { type MlNodeSimulator, startMlNodeSimulator } from './simulator.js';
