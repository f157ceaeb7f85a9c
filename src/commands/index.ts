import type { CommandEntry } from './command.js';
import { validateEntry } from './validate/entry.js';

/** Every command, in the order of `assay --help`. */
export const commands: CommandEntry[] = [
  validateEntry,
  {
    name: 'doctor',
    summary: 'check in ten seconds that everything is ready, and how to fix what is not',
    load: () => import('./doctor.js'),
  },
  {
    name: 'accept',
    summary: 'test a node image on your own node, check by check',
    load: () => import('./accept/accept.js'),
  },
  {
    name: 'demo',
    summary: 'run a whole validation on a simulated node',
    load: () => import('./demo/demo.js'),
  },
  {
    name: 'watch',
    summary: 'validate a fleet in rounds, and serve metrics',
    load: () => import('./watch/watch.js'),
  },
  {
    name: 'golden list',
    summary: 'list the references',
    load: () => import('./golden/list.js'),
  },
  {
    name: 'golden show',
    summary: 'show a reference: parameters, thresholds, what it can detect',
    load: () => import('./golden/show.js'),
  },
  {
    name: 'golden verify',
    summary: 'check reference files',
    load: () => import('./golden/verify.js'),
  },
  {
    name: 'catalog list',
    summary: 'list references, models and deploy configs: yours and those of the package',
    load: () => import('./catalog/list.js'),
  },
  {
    name: 'catalog add',
    summary: 'check files and put them into your catalogue',
    load: () => import('./catalog/add.js'),
  },
  {
    name: 'judge',
    summary: 'judge a run again, with other thresholds if given',
    load: () => import('./judge.js'),
  },
  {
    name: 'deploy',
    summary: 'deploy a model on a node and wait until it serves',
    load: () => import('./deploy.js'),
  },
  {
    name: 'node list',
    summary: 'list the ML nodes of your network node',
    load: () => import('./node/list.js'),
  },
  {
    name: 'node config',
    summary: 'print a node object for a model and a GPU class',
    load: () => import('./node/config.js'),
  },
  {
    name: 'node add',
    summary: 'register nodes, after the checks',
    load: () => import('./node/add.js'),
  },
  {
    name: 'node update',
    summary: 'change nodes, after the checks',
    load: () => import('./node/update.js'),
  },
  {
    name: 'node enable',
    summary: 'enable a node',
    load: () => import('./node/enable.js'),
  },
  {
    name: 'node disable',
    summary: 'disable a node at the end of the epoch',
    load: () => import('./node/disable.js'),
  },
  {
    name: 'node switch',
    summary: 'change what a node serves, and go back if it fails',
    load: () => import('./node/switch.js'),
  },
  {
    name: 'node remove',
    summary: 'remove a node',
    load: () => import('./node/remove.js'),
  },
  {
    name: 'lifecycle init',
    summary: 'write a commented host file',
    load: () => import('./lifecycle/init.js'),
  },
  {
    name: 'lifecycle plan',
    summary: 'plan a bootstrap from a host file: steps, heights, times, possible cost',
    load: () => import('./lifecycle/plan.js'),
  },
  {
    name: 'lifecycle run',
    summary: 'a whole bootstrap in one resumable run, from intent to verdict',
    load: () => import('./lifecycle/run.js'),
  },
  {
    name: 'lifecycle status',
    summary: 'the state of a run',
    load: () => import('./lifecycle/status.js'),
  },
  {
    name: 'lifecycle abort',
    summary: 'end a run, and put its nodes back on the old config',
    load: () => import('./lifecycle/abort.js'),
  },
  {
    name: 'fleet validate',
    summary: 'validate every node of a fleet file, with one report for all',
    load: () => import('./fleet/validate.js'),
  },
  {
    name: 'fleet shard',
    summary: 'validate part I of N of a fleet, for CI jobs without a queue',
    load: () => import('./fleet/shard.js'),
  },
  {
    name: 'fleet worker',
    summary: 'validate the nodes of a site from a queue',
    load: () => import('./fleet/worker.js'),
  },
  // Before `report`, since both begin with the same word.
  {
    name: 'report merge',
    summary: 'make one report from the parts of a fleet',
    load: () => import('./report/merge.js'),
  },
  {
    name: 'report serve',
    summary: 'serve the pages of all runs below a folder, on this machine',
    load: () => import('./report/serve.js'),
  },
  {
    name: 'report',
    summary: 'render a finished run: HTML, Markdown, JUnit, GitHub annotations',
    load: () => import('./report/report.js'),
  },
  {
    name: 'history',
    summary: 'many runs over time: verdicts, distances, throughput, changes',
    load: () => import('./history.js'),
  },
  {
    name: 'simulate',
    summary: 'run a simulated ML node or chain, without a GPU',
    load: () => import('./simulate/simulate.js'),
  },
  {
    name: 'record',
    summary: 'record a reference from a trusted node',
    load: () => import('./record.js'),
  },
  {
    name: 'compare',
    summary: 'measure the distances between recordings of the same nonces',
    load: () => import('./compare.js'),
  },
  {
    name: 'calibrate',
    summary: 'compute thresholds from honest runs',
    load: () => import('./calibrate.js'),
  },
  {
    name: 'power',
    summary: 'print what a check of n nonces can detect',
    load: () => import('./power.js'),
  },
  {
    name: 'bootstrap status',
    summary: 'the state of a bootstrap, and what each choice would cost you',
    load: () => import('./bootstrap/status.js'),
  },
  {
    name: 'bootstrap intents',
    summary: 'who declared intent, who delegates, what is missing',
    load: () => import('./bootstrap/intents.js'),
  },
  {
    name: 'bootstrap preeligibility',
    summary: 'what the chain said at a snapshot',
    load: () => import('./bootstrap/preeligibility.js'),
  },
  {
    name: 'bootstrap wait',
    summary: 'wait for the snapshot, its answer, PoC start or inference',
    load: () => import('./bootstrap/wait.js'),
  },
  {
    name: 'bootstrap timeline',
    summary: 'heights and times of an epoch',
    load: () => import('./bootstrap/timeline.js'),
  },
  {
    name: 'chain models',
    summary: 'every governance model: state, coefficient, hosts, your missing choices',
    load: () => import('./chain/models.js'),
  },
  {
    name: 'poc outcome',
    summary: 'explain the weight of a host after a PoC',
    load: () => import('./poc/outcome.js'),
  },
  {
    name: 'poc votes',
    summary: 'votes of a PoC: who voted valid or invalid on whom',
    load: () => import('./poc/votes.js'),
  },
  {
    name: 'poc watch',
    summary: 'follow a PoC live, and save what the chain forgets',
    load: () => import('./poc/watch.js'),
  },
  {
    name: 'poc verify',
    summary: 'check saved proofs against the commit, and their vectors',
    load: () => import('./poc/verify.js'),
  },
  {
    name: 'poc state',
    summary: "compare a host's artifacts with what it committed",
    load: () => import('./poc/state.js'),
  },
  {
    name: 'poc forecast',
    summary: 'the weight to expect, from a measured throughput',
    load: () => import('./poc/forecast.js'),
  },
  {
    name: 'poc ready',
    summary: 'check what a host needs before a PoC',
    load: () => import('./poc/ready.js'),
  },
  {
    name: 'tx intent',
    summary: 'declare that you will run PoC for a model',
    load: () => import('./tx/intent.js'),
  },
  {
    name: 'tx delegate',
    summary: 'delegate your voting power for a model',
    load: () => import('./tx/delegate.js'),
  },
  {
    name: 'tx refuse',
    summary: 'refuse to take part in a model',
    load: () => import('./tx/refuse.js'),
  },
  {
    name: 'tx clear',
    summary: 'clear what is stored for a model',
    load: () => import('./tx/clear.js'),
  },
  {
    name: 'tx log',
    summary: 'what was sent from this folder',
    load: () => import('./tx/log.js'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: () => import('./completion.js'),
  },
];

/** First words that several commands share. */
export const groups: Record<string, string> = {
  lifecycle: 'a whole bootstrap, from one host file',
  bootstrap: 'the bootstrap of a new model: status, intents, answers, waiting',
  chain: 'data of the chain: its models',
  poc: 'a PoC: preparation, live view, explanation of the result, check of the commits',
  tx: 'send intent, delegation or refusal through inferenced, and confirm it',
  fleet: 'many nodes and sites: validate, serve a queue, split over CI jobs',
  golden: 'references: list, show, verify',
  catalog: 'your own references, models and deploy configs: list, add',
  node: 'the ML nodes of your network node (admin API)',
};
