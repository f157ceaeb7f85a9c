import validateGrants from '../schemas/generated/authz-grants.js';
import validateBalances from '../schemas/generated/bank-balances.js';
import validateAllowance from '../schemas/generated/feegrant-allowance.js';
import { toBigInt, type WireInteger } from './integer.js';
import { isAbsent, type ReadOptions, readNode } from './read.js';

/** The coin in which fees are paid. */
const DENOM = 'ngonka';
const BASE = '/chain-api/cosmos';
/** Messages that a node's key must be allowed to send in the name of the cold account. */
const COMMIT_MESSAGES = /Msg(?:PoCV2StoreCommit|SubmitHardwareDiff)$/;

interface WireCoin {
  denom: string;
  amount?: WireInteger | null;
}

interface WireAllowance {
  spend_limit?: WireCoin[] | null;
  expiration?: string | null;
  basic?: WireAllowance | null;
  period_can_spend?: WireCoin[] | null;
  allowance?: WireAllowance | null;
}

/** What a warm key may spend of the cold account's money. */
export interface Allowance {
  /** Null: without a limit. */
  limit: bigint | null;
  /** Null: it does not expire. */
  expiresAt: Date | null;
}

/** A warm key, and the messages that it may send for the cold account. */
export interface Grantee {
  address: string;
  messages: string[];
  /** It may send commits or hardware: a PoC depends on its money for fees. */
  commits: boolean;
  expiresAt: Date | null;
}

/** What an account can spend, in ngonka. */
export async function readSpendable(
  nodeUrl: string,
  address: string,
  options?: ReadOptions,
): Promise<bigint> {
  const { balances } = await readNode<{ balances?: WireCoin[] | null }>(
    nodeUrl,
    `${BASE}/bank/v1beta1/spendable_balances/${encodeURIComponent(address)}`,
    validateBalances,
    options,
  );
  return ngonkaOf(balances) ?? 0n;
}

/** What the cold account allows a warm key to spend; null: nothing. */
export async function readAllowance(
  nodeUrl: string,
  cold: string,
  warm: string,
  options?: ReadOptions,
): Promise<Allowance | null> {
  try {
    const { allowance } = await readNode<{ allowance?: { allowance?: WireAllowance | null } | null }>(
      nodeUrl,
      `${BASE}/feegrant/v1beta1/allowance/${encodeURIComponent(cold)}/${encodeURIComponent(warm)}`,
      validateAllowance,
      options,
    );
    return allowance?.allowance ? allowanceOf(allowance.allowance) : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/**
 * Reads a plain allowance, a periodic one, or either one with a list of messages: the tightest limit counts.
 */
function allowanceOf(wire: WireAllowance): Allowance {
  const inner = [wire.allowance, wire.basic].flatMap((one) => (one ? [allowanceOf(one)] : []));
  const limits = [
    ngonkaOf(wire.spend_limit),
    ngonkaOf(wire.period_can_spend),
    ...inner.map(({ limit }) => limit),
  ].filter((limit) => limit !== null);
  const expirations = [
    ...(wire.expiration ? [new Date(wire.expiration)] : []),
    ...inner.flatMap(({ expiresAt }) => expiresAt ?? []),
  ];
  return {
    limit: limits.sort((a, b) => (a < b ? -1 : 1))[0] ?? null,
    expiresAt: expirations.sort((a, b) => a.getTime() - b.getTime())[0] ?? null,
  };
}

/** Null where no coin is named: no limit. A limit in another coin allows nothing in ngonka. */
function ngonkaOf(coins: WireCoin[] | null | undefined): bigint | null {
  if (!coins || coins.length === 0) return null;
  return toBigInt(coins.find(({ denom }) => denom === DENOM)?.amount);
}

/** The warm keys of a cold account, with what each may send. */
export async function readGrantees(nodeUrl: string, cold: string, options?: ReadOptions): Promise<Grantee[]> {
  const { grants } = await readNode<{
    grants?:
      | {
          grantee?: string | null;
          expiration?: string | null;
          authorization?: { msg?: string | null } | null;
        }[]
      | null;
  }>(
    nodeUrl,
    `${BASE}/authz/v1beta1/grants/granter/${encodeURIComponent(cold)}?pagination.limit=1000`,
    validateGrants,
    options,
  );
  const byGrantee = new Map<string, Grantee>();
  for (const { grantee, expiration, authorization } of grants ?? []) {
    if (!grantee) continue;
    const known = byGrantee.get(grantee) ?? {
      address: grantee,
      messages: [],
      commits: false,
      expiresAt: null,
    };
    byGrantee.set(grantee, known);
    const message = authorization?.msg ?? '';
    known.messages.push(message);
    if (!COMMIT_MESSAGES.test(message)) continue;
    known.commits = true;
    const at = expiration ? new Date(expiration) : null;
    if (at !== null && (known.expiresAt === null || at < known.expiresAt)) known.expiresAt = at;
  }
  return [...byGrantee.values()];
}
