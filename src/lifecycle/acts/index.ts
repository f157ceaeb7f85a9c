import type { Act } from './act.js';
import { fallback } from './fallback.js';
import { poc } from './poc.js';
import { restore } from './restore.js';
import { snapshot } from './snapshot.js';
import { store } from './store.js';
import { switchNodes } from './switch.js';
import { weights } from './weights.js';

/** The steps of a round, in order. */
export const acts: Act[] = [store, weights, snapshot, switchNodes, restore, fallback, poc];
