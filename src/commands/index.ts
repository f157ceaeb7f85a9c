import type { CommandEntry } from './command.js';

/** Every command, in the order of `assay --help`. */
export const commands: CommandEntry[] = [
  {
    name: 'golden list',
    summary: 'list the golden references that come along',
    load: () => import('./golden-list.js'),
  },
  {
    name: 'golden show',
    summary: 'show a reference: parameters, thresholds, what it can detect',
    load: () => import('./golden-show.js'),
  },
  {
    name: 'golden verify',
    summary: 'check reference files',
    load: () => import('./golden-verify.js'),
  },
  {
    name: 'node config',
    summary: 'print a node object for a model and a GPU class',
    load: () => import('./node-config.js'),
  },
  {
    name: 'judge',
    summary: 'judge a run again, with other thresholds if given',
    load: () => import('./judge.js'),
  },
  {
    name: 'simulate',
    summary: 'run a simulated ML node, without a GPU',
    load: () => import('./simulate.js'),
  },
  {
    name: 'compare',
    summary: 'measure how far apart recordings of the same nonces are',
    load: () => import('./compare.js'),
  },
  {
    name: 'power',
    summary: 'print what a check of n nonces can see',
    load: () => import('./power.js'),
  },
];

/** Words that begin several commands. */
export const groups: Record<string, string> = {
  golden: 'golden references: list, show, verify',
  node: "ML nodes of your network node's admin API",
};
