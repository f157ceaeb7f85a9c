import { AssayError, Interrupted, messageOf, NotOfNode } from '../../errors.js';
import { HttpFault } from '../../http/fault.js';
import type { AdminClient, ListedNode } from '../admin-client.js';
import { applyNode, NotAsSent, requireNode } from '../apply.js';
import { calledModel } from '../called-model.js';
import { differences } from '../compare.js';
import { AwaitsPoc } from '../first-poc.js';
import { modelStays } from '../model-stays.js';
import { namesBefore } from '../names.js';
import type { NodeObject } from '../node-object.js';
import type { Reach } from '../reach.js';
import type { Serving } from '../serving.js';
import { waitUntilServes } from '../wait.js';
import { callsAtBegin, type SwitchEntry, type SwitchStep, stateAtBegin } from './acts.js';
import type { SwitchRun } from './switch-folder.js';

/** What a switch needs for its steps. */
export interface SwitchTools {
  admin: AdminClient;
  signal?: AbortSignal;
  /** URL at which this machine reaches the node. */
  reach?: Reach;
  /** Base URL of the network node's public API. */
  nodeUrl?: string;
  /** Validates the node with the new model; throws, with the exit code, when it does not pass. */
  validate(node: NodeObject): Promise<string>;
  /**
   * Called before a config is sent to the network node. Throws where weight is measured; then nothing is
   * sent.
   */
  mayAct?(act: ConfigAct): Promise<void>;
  onStep?(step: SwitchStep): void;
  onLook?(serving: Serving, elapsedMs: number): void;
}

/** A config that will be sent. */
export type ConfigAct = 'apply' | 'rollback';

type Unstamped<E> = E extends unknown ? Omit<E, 'at'> : never;
/** Entries that a step yields; the step continues when the entry is on the disk. */
type Records = AsyncGenerator<Unstamped<SwitchEntry>>;
type Step = (run: SwitchRun, tools: SwitchTools) => Records;

/**
 * The steps of a switch. Each step first reads the present state. So an interrupted step can run again
 * without doing anything twice, and never overwrites a change by somebody else.
 */
export const steps: Record<Exclude<SwitchStep, 'done'>, Step> = {
  async *apply({ before, after, journal }, { admin, mayAct, signal, reach }) {
    const listed = requireNode(await admin.list(), after.id);
    if (!holds(after, listed)) await mayAct?.('apply');
    const wasBegun = stateAtBegin(journal.entries, 'apply') !== undefined;
    if (!wasBegun) {
      requireUnchanged(before, listed);
      const calls = await calledModel(after, { signal, reach });
      yield { act: 'apply', stage: 'begin', state: listed.state, calls };
    }
    // It was sent before the process was killed, and stored with differences: sending it again would change
    // nothing.
    const isHalfWay = wasBegun && !holds(before, listed) && !holds(after, listed);
    const failure = await attempt(async () => {
      if (isHalfWay)
        throw new NotAsSent(
          `node ${after.id} differs from what was sent: ${differences(after, listed.node).join(', ')}`,
        );
      await applyNode(admin, after);
    });
    yield { act: 'apply', stage: 'end', ...(failure ?? { ok: true }) };
  },

  async *serve(run, tools) {
    const { before, after, journal } = run;
    requireUnchanged(after, requireNode(await tools.admin.list(), after.id));
    const state = stateAtBegin(journal.entries, 'apply');
    yield* ended('serve', () =>
      serve(run, tools, after, {
        before: state,
        restarts: modelStays(before, after),
        others: namesBefore(before, after, callsAtBegin(journal.entries, 'apply')),
        servedAs: run.plan.servedAs,
      }),
    );
  },

  async *validate({ after }, { admin, validate }) {
    requireUnchanged(after, requireNode(await admin.list(), after.id));
    yield* ended('validate', () => validate(after));
  },

  async *rollback({ before, journal }, { admin, mayAct, signal, reach }) {
    const listed = requireNode(await admin.list(), before.id);
    if (!holds(before, listed)) await mayAct?.('rollback');
    if (stateAtBegin(journal.entries, 'rollback') === undefined)
      yield {
        act: 'rollback',
        stage: 'begin',
        state: listed.state,
        calls: await calledModel(before, { signal, reach }),
      };
    await applyNode(admin, before);
    yield { act: 'rollback', stage: 'end', ok: true };
  },

  async *'serve-old'(run, tools) {
    const { before, after, journal } = run;
    const state = stateAtBegin(journal.entries, 'rollback');
    yield* ended('serve-old', () =>
      serve(run, tools, before, {
        before: state,
        restarts: modelStays(after, before),
        others: namesBefore(after, before, callsAtBegin(journal.entries, 'rollback')),
        servedAs: callsAtBegin(journal.entries, 'apply') ?? undefined,
      }),
    );
  },
};

async function serve(
  { plan }: SwitchRun,
  { admin, signal, reach, nodeUrl, onLook }: SwitchTools,
  node: NodeObject,
  options: Pick<Parameters<typeof waitUntilServes>[2], 'before' | 'restarts' | 'others' | 'servedAs'>,
): Promise<string> {
  const serving = await waitUntilServes(admin, node, {
    ...options,
    timeoutMs: plan.timeoutMs,
    reach,
    nodeUrl,
    ...(signal && { signal }),
    ...(onLook && { onLook }),
  });
  return serving.text;
}

async function* ended(act: 'serve' | 'validate' | 'serve-old', doIt: () => Promise<string>): Records {
  let text = '';
  const failure = await attempt(async () => {
    text = await doIt();
  });
  yield { act, stage: 'end', ...(failure ?? { ok: true, text }) };
}

/** Faults that say nothing about the config: the switch stays unchanged and can be resumed. */
const PASSING = new Set(['unreachable', 'broken', 'timed_out', 'throttled']);

/** Runs an act whose failure may come from the new config. The failure is then the outcome of that config. */
async function attempt(
  doIt: () => Promise<unknown>,
): Promise<{ ok: false; why: string; exitCode: number } | undefined> {
  try {
    await doIt();
    return undefined;
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted || error instanceof NotOfNode)
      throw error;
    if (error instanceof HttpFault && PASSING.has(error.outcome)) throw error;
    // Nothing is wrong with the config: going back would cost the node its first PoC.
    if (error instanceof AwaitsPoc) throw error;
    return { ok: false, why: messageOf(error), exitCode: error.exitCode };
  }
}

function requireUnchanged(expected: NodeObject, listed: ListedNode): void {
  const found = differences(expected, listed.node);
  if (found.length === 0) return;
  throw new AssayError(`node ${listed.node.id} was changed by somebody else: ${found.join(', ')}`, {
    advice: 'the run folder has both configs, for `assay node update`',
  });
}

/** Whether the network node has stored a config. */
export function holds(node: NodeObject, listed: ListedNode): boolean {
  return differences(node, listed.node).length === 0;
}
