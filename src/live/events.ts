import type { ValidateEvents } from '../validate/options.js';
import type { LiveState } from './state.js';

/** What a node is doing, as its validation tells it. */
export function liveEvents(live: LiveState, id: string): ValidateEvents {
  return {
    phase: (phase) => live.doing(id, { phase, progress: null }),
    progress: ({ phase, done, total, unit }) => live.doing(id, { phase, progress: { done, total, unit } }),
  };
}
