import pLimit from 'p-limit';
import { patiently } from '../../chain/patience.js';
import { type WeightGuard, WeightMeasured, weightGuard } from '../../chain/weight-measured.js';
import { AssayError, Interrupted, NotOfNode } from '../../errors.js';
import { HttpFault } from '../../http/fault.js';
import { pause } from '../../http/retry.js';
import { findNode, requireNode } from '../../network/apply.js';
import { runChecks } from '../../network/checks/index.js';
import { gatherChangeFacts } from '../../network/gather.js';
import type { NodeObject } from '../../network/node-object.js';
import { presentConfig } from '../../network/present-config.js';
import { failureOf, nextStep, type SwitchEntry } from '../../network/switch/acts.js';
import { type ConfigAct, holds } from '../../network/switch/steps.js';
import {
  createSwitchRun,
  openSwitchRun,
  readSwitch,
  type SwitchRun,
} from '../../network/switch/switch-folder.js';
import { switchNode } from '../../network/switch/switch-node.js';
import { secondsSince } from '../../validate/context.js';
import { validateServed } from '../../validate/validate-served.js';
import type { NodeOutcome, Round } from '../entries.js';
import { AT_A_TIME, pocBatchOf, reachOf, validationOf } from '../host-file.js';
import { clearUnbegun, freeValidationFolder, putAside, switchFolder } from '../lifecycle-folder.js';
import { goOnOrStop, type LifecycleRun, loadTimeOf, patienceOf, readView, record } from '../lifecycle-run.js';
import { FAILED_VALIDATION } from '../outcome.js';
import { loadBlocks } from '../plan-steps.js';
import { STEP_TEXT } from '../step-text.js';
import { type Act, isDeployed } from './act.js';
import { requireCalm } from './require-calm.js';
import { seeToWeights } from './weights.js';

/** Longer than any load: the node itself gives up earlier. */
const SERVE_TIMEOUT_MS = 2 * 3600_000;

/** PoC takes minutes. */
const MEASURED_POLL_MS = 1_000;

/** Switches every node to the new model and validates it; a node that fails goes back to the old model. */
export const switchNodes: Act<'switch'> = {
  name: 'switch',
  title: 'switching the nodes',
  applies: (host, round) => isDeployed(host, round) && round.results.snapshot?.preEligible === true,

  async act(run, round) {
    const limit = pLimit(run.host.at_a_time ?? AT_A_TIME);
    const weights = round.results.weights?.nodes ?? [];
    const late = weights.filter(({ action }) => action === 'under_way').map(({ id }) => id);
    const settled = await Promise.allSettled(
      run.nodes.map(async (node) => {
        // A node that waits takes no slot of the limit, so that the others can continue.
        if (late.includes(node.id)) await seeToWeights(run, node, round, await lastStart(run, round));
        return await limit(() => switchOne(run, node, round));
      }),
    );
    // After an error the run stops, but it waits for the other nodes first.
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return { nodes: settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])) };
  },

  async verify(run, { results }) {
    const listed = await patiently(() => run.admin.list(), patienceOf(run));
    for (const { id, holds: held } of results.switch?.nodes ?? []) {
      const [wanted, found] = [run.nodes.find((node) => node.id === id), findNode(listed, id)];
      if (held !== 'new' || (wanted && found && holds(wanted, found))) continue;
      await goOnOrStop(run, `${id} no longer has the new config`, 'Leave it unchanged, and continue?');
    }
  },
};

/** From this height on a load would not end before PoC start. */
async function lastStart(run: LifecycleRun, { pocStartHeight }: Round): Promise<number> {
  const { msPerBlock } = (await readView(run)).pace;
  return pocStartHeight - loadBlocks({ loadTimeMs: loadTimeOf(run) * 1000, msPerBlock });
}

/** The change that will be sent, in words for the question to the user. */
const SENDING: Record<ConfigAct, (id: string) => string> = {
  apply: (id) => `${id} gets the new config`,
  rollback: (id) => `${id} goes back to the old config`,
};

async function switchOne(run: LifecycleRun, node: NodeObject, round: Round): Promise<NodeOutcome> {
  const { terminal, signal } = run;
  signal.throwIfAborted();
  const prepared = await prepare(run, node, round);
  if (!('journal' in prepared)) return tell(run, prepared);
  const isFresh = prepared.journal.entries.length === 1;
  const startedAt = performance.now();
  let last = '';
  try {
    const { holds: held, failure } = await patiently(
      () =>
        switchNode(prepared, {
          admin: run.admin,
          signal,
          reach: reachOf(run.host),
          nodeUrl: run.nodeUrl,
          validate: (served) => validate(run, served),
          mayAct: (act) =>
            requireCalm(run, SENDING[act](node.id), act === 'apply' ? 1000 * loadTimeOf(run) : 0),
          onStep: (step) => step !== 'done' && terminal.say(`${node.id}: ${STEP_TEXT[step]}`),
          onLook({ text }) {
            if (text !== last) terminal.say(`${node.id}: ${text}`);
            last = text;
          },
        }),
      patienceOf(run),
    );
    if (failure !== undefined) return tell(run, { id: node.id, holds: held, ...failure });
    if (held !== 'new') throw new AssayError(`${node.id} no longer has the new config`);
    // Another process began the switch, so it took longer than this process saw.
    if (isFresh) await record(run, { act: 'load', id: node.id, seconds: secondsSince(startedAt) });
    return tell(run, { id: node.id, holds: held, why: null, exitCode: 0 });
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted || error instanceof HttpFault)
      throw error;
    await goOnOrStop(run, error.message, `Leave ${node.id} unchanged, and continue with the others?`);
    return tell(run, { id: node.id, holds: 'neither', why: error.message, exitCode: 1 });
  } finally {
    await prepared.close();
  }
}

/** The node's switch, new or to be resumed; or the node's result, when it needs no switch. */
async function prepare(run: LifecycleRun, node: NodeObject, round: Round): Promise<SwitchRun | NodeOutcome> {
  const { admin } = run;
  const folder = switchFolder(run.folder, node.id);
  const entries = await readSwitch(folder, node.id);
  const [begun] = entries;
  if (begun?.act === 'start') {
    const isDone = nextStep(begun, entries) === 'done';
    if (!isDone) await requireCalm(run, `the switch of ${node.id} is not finished`);
    if (!isDone || !isToBeTriedAgain(entries, round)) return await openSwitchRun(folder);
    await putAside(folder);
  }
  const listed = requireNode(await patiently(() => admin.list(), patienceOf(run)), node.id);
  if (holds(node, listed)) return await validateOnly(run, node);
  const refusal = await whyNot(run, node);
  if (refusal !== null) return { id: node.id, holds: 'old', why: refusal, exitCode: 1 };
  await clearUnbegun(folder);
  const { servedAs } = validationOf(run.host, node.id);
  const plan = {
    id: node.id,
    adminUrl: admin.url,
    rollback: true,
    validate: true,
    timeoutMs: SERVE_TIMEOUT_MS,
    ...(servedAs !== undefined && { servedAs }),
  };
  return await createSwitchRun(folder, plan, presentConfig(listed), node);
}

/**
 * A node that went back in an earlier epoch is tried again, unless it failed its validation. It would compute
 * the same vectors until somebody repairs it.
 */
function isToBeTriedAgain([start, ...rest]: SwitchEntry[], { startedAt }: Round): boolean {
  const failure = failureOf(rest);
  if (start === undefined || start.at >= startedAt || failure === undefined) return false;
  return failure.exitCode !== FAILED_VALIDATION;
}

/** The checks just before a switch; one of them is the time that is left. */
async function whyNot(run: LifecycleRun, node: NodeObject): Promise<string | null> {
  const { admin, nodeUrl, signal, terminal, forced } = run;
  await readView(run);
  const listed = await patiently(() => admin.list(), patienceOf(run));
  const facts = await gatherChangeFacts({
    change: 'switch',
    admin,
    nodeUrl,
    listed,
    nodes: [node],
    loadTimeS: loadTimeOf(run),
    reach: reachOf(run.host),
    reachIn: 'file',
    pocBatchOf: (id) => pocBatchOf(run.host, id),
    signal,
  });
  const failed = runChecks(facts, forced).filter(({ state }) => state === 'fail');
  for (const { check, text } of failed) terminal.say(`${node.id}: ${check}: ${text}`);
  return failed.length === 0 ? null : failed.map(({ check, text }) => `${check}: ${text}`).join('; ');
}

/** The node already has the new config: there is no old config for it. */
async function validateOnly(run: LifecycleRun, node: NodeObject): Promise<NodeOutcome> {
  run.terminal.say(`${node.id}: has the new config already`);
  try {
    await validate(run, node);
    return { id: node.id, holds: 'new', why: null, exitCode: 0 };
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted || error instanceof NotOfNode)
      throw error;
    return { id: node.id, holds: 'new', why: error.message, exitCode: error.exitCode };
  }
}

/** Waits while the weight of nodes is measured, and starts again where PoC came in between. */
async function validate(run: LifecycleRun, node: NodeObject): Promise<string> {
  const guard = run.forced.includes('phase') ? undefined : weightGuard(run.nodeUrl);
  for (;;) {
    await untilUnmeasured(run, node.id, guard);
    try {
      return await validateServed(node, run, {
        ...validationOf(run.host, node.id),
        reach: reachOf(run.host),
        reachIn: 'file',
        runFolder: await freeValidationFolder(run.folder, node.id),
        expectReplicas: run.host.ml_nodes.find(({ id }) => id === node.id)?.replicas,
        weightGuard: guard,
      });
    } catch (error) {
      if (!(error instanceof WeightMeasured)) throw error;
      run.terminal.say(`${node.id}: ${error.message}`);
    }
    await pause(MEASURED_POLL_MS, run.signal);
  }
}

async function untilUnmeasured(
  { terminal, signal }: LifecycleRun,
  id: string,
  guard: WeightGuard | undefined,
): Promise<void> {
  let last: string | null = null;
  for (;;) {
    const why = (await guard?.whyNot({ what: 'validation', takesMs: 0 }, signal)) ?? null;
    if (why === null) return;
    if (last === null) terminal.say(`${id}: ${why}; its validation waits`);
    last = why;
    await pause(MEASURED_POLL_MS, signal);
  }
}

function tell({ terminal }: LifecycleRun, result: NodeOutcome): NodeOutcome {
  const { id, holds: config, why } = result;
  const held = {
    new: 'it holds the new config',
    old: 'it holds the old config',
    neither: 'it is left unchanged',
  }[config];
  terminal.say(why === null ? `${id}: validated` : `${id}: ${why}; ${held}`);
  return result;
}
