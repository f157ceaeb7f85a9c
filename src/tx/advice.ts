import { Decimal } from 'decimal.js';

/** The names of the settings, where the user can change them. */
export interface SettingNames {
  /** How to set a fee: the whole fee where it is known, and the price of a unit of gas where the gas is known. */
  fee(fee: string | undefined, price: string | undefined): string;
  chainId: string;
  node: string;
  keyringBackend: string;
  keyringDir: string;
  /** How to send without waiting for the end of an earlier attempt; empty where that is not possible. */
  again: string;
}

/** The names of the command line. */
export const FLAGS: SettingNames = {
  fee: (fee) => (fee === undefined ? 'add the demanded fee with --fees' : `add --fees ${fee}`),
  chainId: '--chain-id',
  node: '--node',
  keyringBackend: '--keyring-backend',
  keyringDir: '--keyring-dir',
  again: '; --again sends a second one at once',
};

/** The names in the host file, for a run that has no such flags. */
export const HOST_FILE: SettingNames = {
  fee: (fee, price) => {
    if (price !== undefined) return `set "gas_prices: ${price}" in the host file`;
    return fee === undefined
      ? 'set gas_prices in the host file so that the demanded fee is paid'
      : `set gas_prices in the host file so that the fee is ${fee}`;
  },
  chainId: 'chain_id in the host file',
  node: 'node in the host file',
  keyringBackend: 'keyring_backend in the host file',
  keyringDir: 'keyring_dir',
  again: '',
};

/** A message from a node or the binary, and known facts about the transaction. */
export interface Said {
  text: string;
  /** Code and codespace of the node's answer, where there was one. */
  code?: number;
  codespace?: string;
  /** Gas limit of the transaction, where it is known. */
  gas?: number | undefined;
}

interface Rule {
  /** Code in the Cosmos SDK's own codespace, `sdk`. */
  code?: number;
  text: RegExp;
  advice(said: Said, names: SettingNames): string;
}

/** Common faults. The first match counts, so special faults come before general ones. */
const RULES: Rule[] = [
  {
    code: 13,
    text: /insufficient fee/i,
    advice: (said, names) => {
      const fee = demandedFee(said);
      if (fee === undefined) return `the node demands a fee: ${names.fee(undefined, undefined)}`;
      return `the node demands a fee of ${fee.text}: ${names.fee(fee.text, fee.price)}`;
    },
  },
  {
    code: 5,
    text: /insufficient funds|is smaller than/i,
    advice: () => 'the account cannot pay the fee: send it the missing amount',
  },
  {
    code: 32,
    text: /sequence mismatch/i,
    advice: () =>
      'another transaction of this account is under way: run the command again after the next block',
  },
  {
    code: 4,
    text: /signature verification failed/i,
    advice: (_, { chainId, node }) =>
      `the signature is not for this chain and account: check ${chainId} and ${node}, and run the command again`,
  },
  {
    code: 20,
    text: /mempool is full/i,
    advice: (_, { node }) =>
      `the node has no room for it now: run the command again in some blocks, or change ${node}`,
  },
  {
    code: 11,
    text: /out of gas/i,
    advice: () => 'the gas limit was too low: run the command again with more gas',
  },
  {
    text: /incorrect passphrase|invalid account password|too many failed passphrase/i,
    advice: () => 'try again with the right one',
  },
  {
    text: /\b(?:account|gonka1\w+)[^:]* not found/i,
    advice: () =>
      'the account is not on this chain: check the key, and that the account has received something before',
  },
  {
    text: /key not found|not a valid name or address/i,
    advice: (_, { keyringBackend, keyringDir }) =>
      `see \`inferenced keys list\` for the names, with the same ${keyringBackend} and ${keyringDir}`,
  },
  {
    text: /participant not found/i,
    advice: () => 'the account is not a participant: use the cold key that registered the host',
  },
  {
    text: /unknown command|unknown (?:shorthand )?flag/i,
    advice: () => 'this inferenced is too old for the chain, or another program: get the newest release',
  },
  {
    text: /GLIBC_|error while loading shared libraries|exec format error/i,
    advice: () => 'this build of inferenced does not run here: get the release for this system',
  },
  {
    text: /authorization not found|failed to (?:get|update) (?:authorization|grant)/i,
    advice: () =>
      'the host’s account has not granted this to the key: grant-ml-ops-permissions does, signed by the cold key',
  },
  {
    text: /connection refused|no such host|bad gateway|service unavailable|dial tcp/i,
    advice: (_, { node }) => `the node does not take it: change ${node}`,
  },
];

/** Advice about a message from the chain or the binary; undefined where there is none. */
export function adviceFor(said: Said, names: SettingNames): string | undefined {
  const isSdk = said.codespace === undefined || said.codespace === '' || said.codespace === 'sdk';
  const byCode = isSdk ? RULES.find(({ code }) => code !== undefined && code === said.code) : undefined;
  return (byCode ?? RULES.find(({ text }) => text.test(said.text)))?.advice(said, names);
}

/**
 * Reads `…; got: 0ngonka required: 7uother,1000000ngonka: insufficient fee`: the amount, and its price for a
 * unit of gas. Each coin of the list is enough: the chain's own is taken.
 */
function demandedFee({ text, gas }: Said): { text: string; price: string | undefined } | undefined {
  const [, list = ''] = /required: ?([\w,./-]{1,500})/i.exec(text) ?? [];
  const coins = list.split(',').flatMap((coin) => [/^(\d{1,30})([a-z][\w./-]{1,127})$/i.exec(coin) ?? []]);
  const [, amount, denom] = coins.find(([, , name]) => name === 'ngonka') ?? coins[0] ?? [];
  if (amount === undefined || denom === undefined) return undefined;
  const price =
    gas === undefined || !(gas > 0)
      ? undefined
      : // Rounded up, so that the fee is never below the required one.
        `${new Decimal(amount).div(gas).toSignificantDigits(4, Decimal.ROUND_UP).toFixed()}${denom}`;
  return { text: `${amount}${denom}`, price };
}
