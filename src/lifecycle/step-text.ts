import type { SwitchStep } from '../network/switch/acts.js';

/** What each step of a node's switch does, for people. */
export const STEP_TEXT: Record<Exclude<SwitchStep, 'done'>, string> = {
  apply: 'applying the new config',
  serve: 'waiting for the new model',
  validate: 'validating',
  rollback: 'going back to the old config',
  'serve-old': 'waiting for the old model',
};
