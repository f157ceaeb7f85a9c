import type { ValidateEvents } from '../validate/options.js';
import type { LiveState } from './state.js';

/** Progress of a node, from the events of its validation. */
export function liveEvents(live: LiveState, id: string): ValidateEvents {
  return {
    phase: (phase) => live.doing(id, { phase, progress: null }),
    progress: ({ phase, done, total, unit }) => live.doing(id, { phase, progress: { done, total, unit } }),
  };
}
