import { CHECK_NAMES } from '../../accept/model.js';
import { defineCommand } from '../command.js';
import { numberFlag, textFlag, textsFlag } from '../flags.js';

export const command = defineCommand({
  description: [
    'Tests a node image on your own node, check by check, and shows what passed on which replica.',
    'It stops and starts the model and runs PoC. Never use it on a node that takes part in the network.',
    `Checks: ${CHECK_NAMES.join(', ')}.`,
    'Exit 0 all passed, 2 some failed, 1 some could not be run.',
  ].join('\n'),
  options: {
    'mlnode-url': textFlag('base URL of the ML node'),
    model: textFlag('the model to test it with'),
    'node-config': textFlag('file with the node, whose arguments the model is started with'),
    'node-id': textFlag('which node of the file'),
    'deploy-args-from-reference': {
      type: 'boolean',
      description: 'start it with the arguments that the reference was recorded with',
    },
    reference: textFlag('a reference file, or a name of `assay golden list`'),
    peer: textsFlag('URL of a node of another GPU class with the same model; repeatable'),
    'inference-url': textFlag('where it takes chats, without /v1 (default: the node itself)'),
    'deploy-timeout': numberFlag(
      'deploy-timeout',
      'seconds for a start of the model (1800, on Blackwell 3600)',
      {
        above: 0,
        max: 86_400,
      },
    ),
    'wait-ready': numberFlag('wait-ready', 'seconds to wait for a node that is still starting', {
      min: 0,
      max: 86_400,
    }),
    'expect-replicas': numberFlag('expect-replicas', 'replicas that it should have', {
      min: 1,
      max: 1024,
      integer: true,
    }),
    cycles: numberFlag('cycles', 'PoC cycles (default 3)', { min: 1, max: 1000, integer: true }),
    'measure-seconds': numberFlag('measure-seconds', 'for a rate (default 60)', { above: 0, max: 86_400 }),
    'warmup-seconds': numberFlag('warmup-seconds', 'before a rate is measured (default 30)', {
      above: 0,
      max: 3_600,
    }),
    'chat-timeout': numberFlag('chat-timeout', 'seconds for one chat (default 300)', {
      above: 0,
      max: 7_200,
    }),
    only: textFlag('only these checks, separated by commas'),
    skip: textFlag('all checks but these'),
    report: textFlag('formats to write into the run folder: junit,html,markdown (json always)'),
    'exp-dir': textFlag('folder of the run (default: runs/accept_MODEL_TIME)'),
    resume: textFlag('folder of an interrupted run: its flags and what passed or failed are kept'),
    json: { type: 'boolean', description: 'print events as JSON lines, the last one with the report' },
    quiet: { type: 'boolean', description: 'no progress on stderr' },
  },
  settings: ['mlnode-url', 'model', 'reference', 'deploy-timeout', 'expect-replicas'],
  examples: [
    [
      'assay accept --mlnode-url http://127.0.0.1:8080 --model Qwen/Qwen3-0.6B --node-config node.json --report junit,html',
      'every check, with the model started by the arguments of the file',
    ],
    [
      'assay accept --mlnode-url http://10.0.0.21:8080 --model moonshotai/Kimi-K2.6 --peer http://10.0.0.31:8080',
      'with a node of another GPU class',
    ],
    [
      'assay accept --mlnode-url http://127.0.0.1:8080 --model moonshotai/Kimi-K2.6 --only cycle --cycles 20',
      'twenty PoC in a row',
    ],
  ],
  async run(args, context) {
    const { runAccept } = await import('./run.js');
    return runAccept(args, context);
  },
});
