import type { CommandEntry } from '../command.js';

export const validateEntry: CommandEntry = {
  name: 'validate',
  summary: 'validate a deployed ML node against its reference',
  load: () => import('./validate.js'),
};
