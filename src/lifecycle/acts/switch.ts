import pLimit from 'p-limit';
import { patiently } from '../../chain/patience.js';
import { AssayError, Interrupted } from '../../errors.js';
import { HttpFault } from '../../http/fault.js';
import { withoutCredentials } from '../../http/url.js';
import { requireNode } from '../../network/apply.js';
import { runChecks } from '../../network/checks/index.js';
import { gatherFacts } from '../../network/gather.js';
import type { NodeObject } from '../../network/node-object.js';
import { presentConfig } from '../../network/present-config.js';
import { createSwitchRun, hasBegun, openSwitchRun, type SwitchRun } from '../../network/switch/run-folder.js';
import { holds } from '../../network/switch/steps.js';
import { switchNode } from '../../network/switch/switch-node.js';
import { validateServed } from '../../validate/served.js';
import type { NodeResult } from '../entries.js';
import { goOnOrStop, type LifecycleRun, patienceOf, readView } from '../lifecycle-run.js';
import { clearUnbegun, freeValidationFolder, switchFolder } from '../run-folder.js';
import { loadBlocks } from '../steps.js';
import { type Act, isDeployed } from './act.js';
import { seeToWeights } from './weights.js';

const AT_A_TIME = 4;
/** Longer than any load: what ends a load earlier is PoC start. */
const SERVE_TIMEOUT_MS = 2 * 3600_000;

/** Every node to the new model, validated, or back on the old one. */
export const switchNodes: Act<'switch'> = {
  name: 'switch',
  title: 'switching the nodes',
  applies: (host, round) => isDeployed(host, round) && round.results.snapshot?.preEligible === true,

  async act(run, { pocStartHeight, results }) {
    const limit = pLimit(run.host.at_a_time ?? AT_A_TIME);
    const late = results.weights?.nodes.filter(({ action }) => action === 'under_way').map(({ id }) => id);
    /** Seconds that loads and validations of this run took. */
    const measuredS: number[] = [];
    const settled = await Promise.allSettled(
      run.nodes.map(async (node) => {
        // Not in a place among the others: they go ahead meanwhile.
        if (late?.includes(node.id)) await seeToWeights(run, node, await lastStart(run, pocStartHeight));
        return await limit(() => switchOne(run, node, measuredS));
      }),
    );
    // Nothing goes on behind an error: the others are waited for first.
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return { nodes: settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])) };
  },
};

/** The height from which a load would not end before PoC start. */
async function lastStart(run: LifecycleRun, pocStartHeight: number): Promise<number> {
  const { msPerBlock } = (await readView(run)).pace;
  return pocStartHeight - loadBlocks({ loadTimeMs: run.loadTimeS * 1000, msPerBlock });
}

async function switchOne(run: LifecycleRun, node: NodeObject, measuredS: number[]): Promise<NodeResult> {
  const { terminal, signal } = run;
  signal.throwIfAborted();
  const prepared = await prepare(run, node, measuredS);
  if (!('journal' in prepared)) return tell(run, prepared);
  const startedAt = performance.now();
  let last = '';
  try {
    const { holds, failure } = await patiently(
      () =>
        switchNode(prepared, {
          admin: run.admin,
          signal,
          validate: (served) => validate(run, served),
          onStep: (step) => step !== 'done' && terminal.say(`${node.id}: ${STEP_TEXT[step]}`),
          onLook({ text }) {
            if (text !== last) terminal.say(`${node.id}: ${text}`);
            last = text;
          },
        }),
      patienceOf(run),
    );
    measuredS.push((performance.now() - startedAt) / 1000);
    return tell(run, { id: node.id, holds, why: failure?.why ?? null, exitCode: failure?.exitCode ?? 0 });
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted || error instanceof HttpFault)
      throw error;
    await goOnOrStop(run, error.message, `Leave ${node.id} as it is, and go on with the others?`);
    return tell(run, { id: node.id, holds: 'neither', why: error.message, exitCode: 1 });
  } finally {
    await prepared.journal.close();
  }
}

const STEP_TEXT = {
  apply: 'applying the new config',
  serve: 'waiting for the new model',
  validate: 'validating',
  rollback: 'going back to the old config',
  'serve-old': 'waiting for the old model',
};

/** The switch of a node, begun or to be taken up again; or the node's result, when there is none to be made. */
async function prepare(
  run: LifecycleRun,
  node: NodeObject,
  measuredS: number[],
): Promise<SwitchRun | NodeResult> {
  const { admin } = run;
  const folder = switchFolder(run.folder, node.id);
  if (await hasBegun(folder)) {
    await requireCalm(run, node);
    return await openSwitchRun(folder);
  }
  const listed = requireNode(await patiently(() => admin.list(), patienceOf(run)), node.id);
  if (holds(node, listed)) return await validateOnly(run, node);
  const refusal = await whyNot(run, node, measuredS);
  if (refusal !== null) return { id: node.id, holds: 'old', why: refusal, exitCode: 1 };
  await clearUnbegun(folder);
  const plan = {
    id: node.id,
    adminUrl: withoutCredentials(admin.url),
    rollback: true,
    validate: true,
    timeoutMs: SERVE_TIMEOUT_MS,
  };
  return await createSwitchRun(folder, plan, presentConfig(listed), node);
}

/** A switch that was cut short is not gone on with while the node's weight is being measured. */
async function requireCalm(run: LifecycleRun, { id }: NodeObject): Promise<void> {
  const { epochs } = await readView(run);
  if (epochs.phase === 'Inference' && !epochs.isConfirmationPocActive) return;
  const phase = epochs.phase === 'Inference' ? 'confirmation PoC is active' : `the phase is ${epochs.phase}`;
  await goOnOrStop(run, `${phase}, and the switch of ${id} is half-way`, 'Go on with it all the same?');
}

/** The checks just before a switch, the time that is left among them. */
async function whyNot(run: LifecycleRun, node: NodeObject, measuredS: number[]): Promise<string | null> {
  const { admin, nodeUrl, signal, terminal, forced } = run;
  const loadTimeS = measuredS.length > 0 ? Math.max(...measuredS) : run.loadTimeS;
  await readView(run);
  const listed = await patiently(() => admin.list(), patienceOf(run));
  const facts = await gatherFacts({
    change: 'switch',
    admin,
    nodeUrl,
    listed,
    nodes: [node],
    loadTimeS,
    signal,
  });
  const failed = runChecks(facts, forced).filter(({ state }) => state === 'fail');
  for (const { check, text } of failed) terminal.say(`${node.id}: ${check}: ${text}`);
  return failed.length === 0 ? null : failed.map(({ check, text }) => `${check}: ${text}`).join('; ');
}

/** The node has the new config already: there is nothing to go back to. */
async function validateOnly(run: LifecycleRun, node: NodeObject): Promise<NodeResult> {
  run.terminal.say(`${node.id}: has the new config already`);
  try {
    await validate(run, node);
    return { id: node.id, holds: 'new', why: null, exitCode: 0 };
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted) throw error;
    return { id: node.id, holds: 'new', why: error.message, exitCode: error.exitCode };
  }
}

async function validate(run: LifecycleRun, node: NodeObject): Promise<string> {
  return await validateServed(node, run, await freeValidationFolder(run.folder, node.id));
}

function tell({ terminal }: LifecycleRun, result: NodeResult): NodeResult {
  const { id, holds: config, why } = result;
  const held = config === 'neither' ? 'is left as it is' : `holds the ${config} config`;
  terminal.say(why === null ? `${id}: validated` : `${id}: ${why}; it ${held}`);
  return result;
}
