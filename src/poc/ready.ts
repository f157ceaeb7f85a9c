import { readChallenges, readSchedulability } from '../chain/challenge.js';
import { type Allowance, type Grantee, readAllowance, readGrantees, readSpendable } from '../chain/fees.js';
import { type ModelTable, readModelTable } from '../chain/model-table.js';
import type { ReadOptions } from '../chain/read.js';
import { coinText } from '../chain/reward.js';
import { isVersionBelow } from '../chain/rules/version.js';
import { readVersions, type Versions } from '../chain/versions.js';
import { viewWarnings } from '../chain/view.js';
import { type ClockSkew, readClockSkew } from '../mlnode/clock.js';
import { counted, momentText } from '../text/figures.js';

/** One check before a PoC. A check that was not made or not answered is `not_checked`, and never good. */
export interface ReadyFinding {
  check: string;
  level: 'ok' | 'warning' | 'error' | 'not_checked';
  text: string;
}

/** What to check, and for which host. */
export interface ReadyRequest {
  address: string;
  /** Warm key; undefined: all keys that have a grant for commits. */
  warm: string | undefined;
  /** Gas that one commit needs, as an assumption. */
  commitGas: bigint;
  /** Base URLs of ML nodes, to compare their clocks. */
  mlNodeUrls: string[];
  /** Length of the wanted maintenance window in blocks; undefined: none. */
  maintenanceBlocks: number | undefined;
}

const finding = (check: string, level: ReadyFinding['level'], text: string): ReadyFinding => ({
  check,
  level,
  text,
});

/** Checks everything that a host needs for the next PoC. */
export async function checkReady(
  nodeUrl: string,
  request: ReadyRequest,
  options: ReadOptions,
): Promise<{ table: ModelTable; findings: ReadyFinding[] }> {
  const table = await readModelTable(nodeUrl, request.address, options);
  const parts = await Promise.all([
    [...checkTime(table), checkLocalClock(table)],
    told('ML node clock', () => checkNodeClocks(request)),
    told('fees', () => checkFees(nodeUrl, request, table.view.version, options)),
    told('challenge', () => checkChallenge(nodeUrl, request.address, options)),
    told('maintenance', () => checkMaintenance(nodeUrl, request, table, options)),
    told('versions', () => checkVersions(nodeUrl, options)),
    checkOwed(table),
  ]);
  return { table, findings: parts.flat() };
}

/** Checks for what can stop a host's PoC at any time: the money of the key that commits, and a challenge. */
export async function checkStanding(
  nodeUrl: string,
  address: string,
  version: string,
  options: ReadOptions,
): Promise<ReadyFinding[]> {
  const request = { address, warm: undefined, commitGas: COMMIT_GAS };
  const parts = await Promise.all([
    told('fees', () => checkFees(nodeUrl, request, version, options)),
    told('challenge', () => checkChallenge(nodeUrl, address, options)),
  ]);
  return parts.flat();
}

/** Gas that one commit needs, where the user gives none: an assumption. */
export const COMMIT_GAS = 500_000n;

/** A check that cannot be made reports that, and does not stop the others. */
async function told(check: string, run: () => Promise<ReadyFinding[]>): Promise<ReadyFinding[]> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === 'Interrupted') throw error;
    const message = error instanceof Error ? error.message : String(error);
    return [finding(check, 'not_checked', `could not be read: ${message}`)];
  }
}

function checkTime({ view }: ModelTable): ReadyFinding[] {
  const { epochs, pace } = view;
  const left = epochs.stages.nextPocStart - pace.height;
  const minutes = Math.round((left * pace.msPerBlock) / 60_000);
  return [
    ...viewWarnings(view).map((text) => finding('chain', 'warning', text)),
    epochs.phase === 'Inference'
      ? finding(
          'time',
          'ok',
          `${counted(left, 'block')} (about ${minutes} min) to the PoC at ${epochs.stages.nextPocStart}`,
        )
      : finding('time', 'warning', `a PoC is running (${epochs.phase}): it is too late to prepare it`),
  ];
}

/** Above this difference, others may see a node's signatures and stages as too early or too late. */
const MAX_SKEW_MS = 5_000;

/** The newest block has the chain's time: it can be old, but never in the future. */
function checkLocalClock({ view: { pace } }: ModelTable): ReadyFinding {
  const age = Date.now() - pace.time.getTime();
  if (age < -MAX_SKEW_MS)
    return finding('clock', 'error', `this machine's clock is ${seconds(-age)} behind the newest block`);
  if (age > Math.max(60_000, 10 * pace.msPerBlock))
    return finding(
      'clock',
      'warning',
      `the newest block is ${seconds(age)} old: this machine's clock is ahead, or the chain has stopped`,
    );
  return finding('clock', 'ok', `within ${seconds(Math.abs(age))} of the newest block`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

async function checkNodeClocks({ mlNodeUrls }: ReadyRequest): Promise<ReadyFinding[]> {
  if (mlNodeUrls.length === 0)
    return [finding('ML node clock', 'not_checked', 'give --mlnode-url of each ML node')];
  return await Promise.all(mlNodeUrls.map(async (url) => clockFinding(url, await readClockSkew(url))));
}

function clockFinding(url: string, skew: ClockSkew | null): ReadyFinding {
  if (skew === null) return finding('ML node clock', 'not_checked', `${url}: this build has no /clock`);
  const text = `${url}: ${Math.round(skew.skewMs)} ms from this machine's clock (round trip ${Math.round(skew.roundTripMs)} ms)`;
  const isFar = Math.abs(skew.skewMs) > MAX_SKEW_MS + skew.roundTripMs;
  return finding('ML node clock', isFar ? 'error' : 'ok', text);
}

async function checkFees(
  nodeUrl: string,
  request: Pick<ReadyRequest, 'address' | 'warm' | 'commitGas'>,
  version: string,
  options: ReadOptions,
): Promise<ReadyFinding[]> {
  const isFree = isVersionBelow(version, [0, 2, 16]);
  if (isFree === true) return [finding('fees', 'ok', `none before v0.2.16 (the chain is ${version})`)];
  const { address, warm } = request;
  const [spendable, grantees] = await Promise.all([
    readSpendable(nodeUrl, address, options),
    readGrantees(nodeUrl, address, options),
  ]);
  const committing = grantees.filter(({ commits }) => commits);
  const keys = warm === undefined ? committing.map((one) => one.address) : [warm];
  const grants = grantFindings(committing, warm);
  if (keys.length === 0)
    return [...grants, finding('fees', 'not_checked', 'no warm key is known: give --warm')];
  const fees = await Promise.all(
    keys.map(async (key) =>
      feeFinding(key, spendable, await readAllowance(nodeUrl, address, key, options), request.commitGas),
    ),
  );
  const note = isFree === undefined ? [finding('fees', 'warning', 'the chain version is not known')] : [];
  return [...grants, ...fees, ...note];
}

function grantFindings(committing: Grantee[], warm: string | undefined): ReadyFinding[] {
  if (committing.length === 0)
    return [
      finding('grants', 'error', 'no key holds a grant for commits (MsgPoCV2StoreCommit) of this account'),
    ];
  if (warm !== undefined && !committing.some(({ address }) => address === warm))
    return [
      finding(
        'grants',
        'error',
        `${warm} holds no grant for commits; ${committing.map((one) => one.address).join(', ')} does`,
      ),
    ];
  return committing.map(({ address, expiresAt, messages }) => {
    const isOver = expiresAt !== null && expiresAt.getTime() < Date.now();
    const until = expiresAt === null ? '' : `, until ${momentText(expiresAt)}`;
    return finding(
      'grants',
      isOver ? 'error' : 'ok',
      `${address} may send commits${until} (${counted(messages.length, 'grant')})${isOver ? ': expired' : ''}`,
    );
  });
}

/** With money for fewer commits than this, a PoC may run out of money before its end. */
const FEW_COMMITS = 100n;

function feeFinding(key: string, spendable: bigint, allowance: Allowance | null, gas: bigint): ReadyFinding {
  if (allowance === null)
    return finding('fees', 'error', `the account grants ${key} no fees: it cannot commit its PoC`);
  const usable = allowance.limit === null || spendable < allowance.limit ? spendable : allowance.limit;
  const commits = usable / gas;
  const isOver = allowance.expiresAt !== null && allowance.expiresAt.getTime() < Date.now();
  const limit = allowance.limit === null ? 'without a limit' : coinText(allowance.limit);
  const text = `${key}: ${coinText(usable)} usable (${coinText(spendable)} spendable, allowance ${limit}), enough for about ${counted(commits, 'commit')} of ${gas} gas`;
  if (isOver) return finding('fees', 'error', `${text}; the allowance has expired`);
  return finding('fees', commits === 0n ? 'error' : commits < FEW_COMMITS ? 'warning' : 'ok', text);
}

async function checkChallenge(
  nodeUrl: string,
  address: string,
  options: ReadOptions,
): Promise<ReadyFinding[]> {
  const challenges = await readChallenges(nodeUrl, options);
  if (challenges === null)
    return [finding('challenge', 'not_checked', 'this chain does not report PoC challenges')];
  const own = challenges.find(({ target }) => target === address);
  return own === undefined
    ? [finding('challenge', 'ok', 'none is open on this host')]
    : [
        finding(
          'challenge',
          'error',
          `one is open until block ${own.finishHeight}: do not deploy or measure before it ends`,
        ),
      ];
}

async function checkMaintenance(
  nodeUrl: string,
  { address, maintenanceBlocks }: ReadyRequest,
  { view }: ModelTable,
  options: ReadOptions,
): Promise<ReadyFinding[]> {
  if (maintenanceBlocks === undefined)
    return [finding('maintenance', 'not_checked', '--maintenance-blocks N asks for a window of N blocks')];
  const start = view.pace.height + 1;
  const answer = await readSchedulability(nodeUrl, address, start, maintenanceBlocks, options);
  if (answer === null)
    return [finding('maintenance', 'not_checked', 'this chain has no maintenance windows')];
  const what = `a window of ${counted(maintenanceBlocks, 'block')} from ${start} on`;
  return answer.schedulable
    ? [finding('maintenance', 'ok', `${what} is possible`)]
    : [finding('maintenance', 'warning', `${what} is not possible: ${answer.reason || 'no reason given'}`)];
}

async function checkVersions(nodeUrl: string, options: ReadOptions): Promise<ReadyFinding[]> {
  const versions = await readVersions(nodeUrl, options);
  if (versions === null)
    return [finding('versions', 'not_checked', 'this network node does not report versions')];
  return [finding('versions', 'ok', versionsText(versions))];
}

function versionsText({ api, node, mlNodes }: Versions): string {
  const ml = mlNodes.map(({ id, version }) => `${id} ${version ?? 'not known'}`).join(', ');
  return `API ${api ?? 'not known'}, node ${node ?? 'not known'}; ML nodes: ${ml || 'none known'}`;
}

function checkOwed({ rows, host }: ModelTable): ReadyFinding[] {
  const part: ReadyFinding[] =
    host?.weight == null ? [finding('participant', 'warning', 'the host is not in the running epoch')] : [];
  const owed = rows.flatMap(({ modelId, own }) => (own?.owed ? [{ modelId, owed: own.owed }] : []));
  if (owed.length === 0) return [...part, finding('choices', 'ok', 'no choice is missing')];
  return [
    ...part,
    ...owed.map(({ modelId, owed: { what, byHeight, cost, fromEpoch } }) =>
      finding(
        'choices',
        'warning',
        `${modelId}: ${what}, by block ${byHeight}; without a choice it costs ${cost?.amount ?? 0n} from epoch ${fromEpoch} on`,
      ),
    ),
  ];
}
