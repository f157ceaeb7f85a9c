import { applyNode, findNode } from '../network/apply.js';
import { calledModel } from '../network/called-model.js';
import { differences } from '../network/compare.js';
import { AwaitsPoc } from '../network/first-poc.js';
import { modelStays } from '../network/model-stays.js';
import { namesBefore } from '../network/names.js';
import type { Serving } from '../network/serving.js';
import { waitUntilServes } from '../network/wait.js';
import { parseDuration } from '../text/duration.js';
import { jsonText } from '../text/json.js';
import { requireReference, validateServed } from '../validate/validate-served.js';
import { defineCommand } from './command.js';
import { textFlag } from './flags.js';
import {
  checkChange,
  loadingOptions,
  openAdmin,
  publicApi,
  reachOf,
  timeoutOption,
} from './node/network-options.js';
import { deployPartOptions, nodeOfParts, servingOptions } from './node/parts.js';
import { showWait } from './node/wait-progress.js';

export const command = defineCommand({
  description:
    'Deploys a model on a node: takes the published arguments, runs the checks, changes the node, and waits until it serves the model.',
  options: {
    'node-id': textFlag('id of the node', { demandOption: true }),
    ...deployPartOptions,
    ...servingOptions,
    ...loadingOptions,
    ...timeoutOption,
    validate: { type: 'boolean', description: 'validate the node when it serves' },
  },
  examples: [
    [
      'assay deploy --node-id node1 --model moonshotai/Kimi-K2.6 --gpu B200 --host 10.0.0.21 --validate',
      'deploy, wait, validate',
    ],
    [
      'assay deploy --node-id node1 --node-config new-model.json --host 10.0.0.21 --validate --reference new-model-reference.json',
      'a model that is not part of assay, from files',
    ],
  ],
  async run(args, context) {
    const { terminal, signal } = context;
    const timeoutMs = 1000 * parseDuration(args.timeout, '--timeout');
    const { node, origin } = await nodeOfParts(args.nodeId, args);
    terminal.say(`config: ${origin}`);
    const reach = reachOf(args, [node]);
    const reference = args.validate ? await requireReference(node, args.reference) : undefined;
    const admin = openAdmin(args, signal);
    const listed = await admin.list();
    const before = findNode(listed, node.id);
    const isThere = before !== undefined && differences(node, before.node).length === 0;
    const checks = isThere
      ? []
      : await checkChange('deploy', [node], {
          admin,
          listed,
          args,
          context,
          reach,
          byListing: !args.validate,
        });
    const calls = isThere ? null : await calledModel(node, { signal, reach });
    const result = await applyNode(admin, node);
    terminal.say(`${node.id} is ${result} on the network node`);

    const progress = showWait(terminal, node.id);
    const serving: Serving = await waitUntilServes(admin, node, {
      timeoutMs,
      signal,
      reach,
      before: before?.state,
      restarts: modelStays(before?.node, node),
      others: namesBefore(before?.node, node, calls),
      servedAs: args.servedAs,
      nodeUrl: await publicApi(args, admin, signal),
      onLook: progress.onLook,
    })
      .catch((error) => {
        // The deployment is done: that is an error only where a validation was asked for.
        if (!(error instanceof AwaitsPoc) || args.validate) throw error;
        return { status: 'awaits_poc' as const, text: error.line };
      })
      .finally(() => progress.stop());
    const serves = serving.status === 'serving';
    const validation = args.validate
      ? await validateServed(node, context, { reach, reference, servedAs: args.servedAs })
      : null;
    if (args.json) {
      terminal.out(jsonText({ checks, id: node.id, config: origin, result, ...told(serving), validation }));
    } else {
      terminal.out(serves ? `${node.id} now serves ${serving.text}` : serving.text);
      if (validation !== null) terminal.out(`validated: ${validation}`);
    }
    return 0;
  },
});

/** What was observed, for JSON: the serving state, or what it still waits for. */
function told({ status, text }: Serving) {
  return status === 'serving' ? { serving: text } : { serving: null, awaits_poc: text };
}
