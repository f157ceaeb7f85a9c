import { chmod } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FLAGS, HOST_FILE } from '../../src/tx/advice.js';
import { broadcastTx, type Inferenced, versionOf } from '../../src/tx/inferenced.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const HASH = 'AB'.repeat(32);
let count = 0;

/** A binary that does what a shell script says. */
async function binary(script: string): Promise<Inferenced> {
  const path = await temp.write(`inferenced${count++}`, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return { path, passphrase: 'simulated-passphrase', signal: new AbortController().signal };
}

const fail = (text: string) => `cat >/dev/null; printf '%s\\n' "${text}" >&2; exit 1`;
const answer = (fields: object) =>
  `cat >/dev/null; echo '${JSON.stringify({ height: '0', txhash: HASH, codespace: 'sdk', ...fields })}'`;
const ARGS = ['tx', 'inference', 'declare-poc-intent', 'M', '--gas', 'auto'];

describe('a broadcast', () => {
  it.each([
    ['a connection that broke', fail('gas estimate: 84213\nError: post failed: Post x: EOF'), null],
    ['a proxy that gave up', fail('Error: error in json rpc client: (Status: 504 Gateway Time-out)'), null],
    [
      'a bad gateway',
      fail('Error: error in json rpc client: (Status: 502 Bad Gateway, Protocol HTTP/1.1)'),
      null,
    ],
    [
      'a connection that was reset',
      fail('Error: post failed: read tcp 10.0.0.1: connection reset by peer'),
      null,
    ],
    ['a time limit of the client', fail('Error: post failed: context deadline exceeded'), null],
    [
      'a proxy’s page that quotes another message',
      fail(
        'Error: error in json rpc client: (Status: 502 Bad Gateway). dial tcp 10.0.0.3:26657: connect: refused',
      ),
      null,
    ],
    [
      'an earlier attempt that was not sent',
      fail('WRN retrying: dial tcp 10.0.0.1:443: connect: connection refused\nError: post failed: EOF'),
      null,
    ],
    [
      'a key that a warning misses',
      fail('WRN ledger.info: key not found\nError: unexpected end of the stream'),
      null,
    ],
    ['a failure without a word', 'cat >/dev/null; exit 1', null],
    ['an error of another language', fail('Error: неизвестная ошибка'), null],
    ['a signal', 'kill -9 $$', null],
    ['silence', 'cat >/dev/null; exit 0', null],
    ['YAML', `cat >/dev/null; printf 'code: 0\\ntxhash: ${HASH}\\n'`, HASH],
    ['JSON of another form', `cat >/dev/null; echo '{"txhash":"${HASH}","code":"x"}'`, HASH],
    ['half an answer', `cat >/dev/null; printf '{"height":"0","txhash":"${HASH}","co'`, HASH],
  ])('is unknown after %s', async (_name, script, hash) => {
    expect(await broadcastTx(await binary(script), ARGS)).toMatchObject({ kind: 'unknown', hash });
  });

  it.each([
    ['an old binary', 'Error: unknown command "declare-poc-intent" for "inferenced tx inference"', /too old/],
    [
      'a build for another system',
      'inferenced: libc.so.6: version GLIBC_2.38 not found',
      /release for this system/,
    ],
    ['a passphrase', 'Error: too many failed passphrase attempts', /right one/],
    ['a key that is not there', 'Error: bob.info: key not found', /keys list/],
    [
      'an account that the chain does not know',
      'Error: rpc error: code = NotFound desc = account gonka1cqm9kk3 not found: key not found',
      /not on this chain/,
    ],
    [
      'the simulation',
      'Error: failed to execute message; message index: 0: participant not found',
      /cold key/,
    ],
    [
      'the sequence in the simulation',
      "Error: account sequence mismatch, expected 13, got 12: incorrect account sequence with gas used: '35369'",
      /run the command again after the next block/,
    ],
    [
      'a port that is closed',
      'Error: post failed: dial tcp 10.0.0.1:443: connect: connection refused',
      /--node/,
    ],
    [
      'a fee',
      'Error: insufficient fees; got:  required: 1000000ngonka: insufficient fee',
      /add --fees 1000000ngonka$/,
    ],
    [
      'an empty account',
      'Error: spendable balance 0ngonka is smaller than 84213ngonka: insufficient funds',
      /cannot pay/,
    ],
  ])('was not sent when it failed because of %s', async (_name, text, advice) => {
    await expect(broadcastTx(await binary(fail(text)), ARGS)).rejects.toMatchObject({
      advice: expect.stringMatching(advice),
    });
  });

  it('takes what the node says, and the gas that was estimated', async () => {
    const script = `echo 'gas estimate: 84213' >&2; ${answer({ code: 19, raw_log: 'tx already in mempool' })}`;
    expect(await broadcastTx(await binary(script), ARGS)).toEqual({
      ...{ kind: 'answered', hash: HASH, code: 19, codespace: 'sdk' },
      ...{ log: 'tx already in mempool', gas: 84213 },
    });
  });

  it('names the price in a host file, a little above what was demanded', async () => {
    const { adviceFor } = await import('../../src/tx/advice.js');
    const said = {
      text: 'got: required: 2106ngonka: insufficient fee',
      code: 13,
      codespace: 'sdk',
      gas: 84213,
    };
    expect(adviceFor(said, HOST_FILE)).toMatch(/set "gas_prices: 0.02501ngonka" in the host file/);
    expect(adviceFor({ ...said, gas: undefined }, HOST_FILE)).toMatch(/the fee is 2106ngonka/);
    expect(adviceFor(said, FLAGS)).toMatch(/--fees 2106ngonka/);
    const listed = 'got: 1ngonka required: 7ibc/27394FB0,3uatom,2106ngonka: insufficient fee';
    expect(adviceFor({ ...said, text: listed }, FLAGS)).toMatch(/--fees 2106ngonka/);
  });

  it.each([
    [4, 'sdk', 'signature verification failed; please verify account number (7)', /--chain-id/],
    [5, 'sdk', 'x', /cannot pay/],
    [20, 'sdk', 'mempool is full', /--node/],
    [32, 'sdk', 'x', /run the command again/],
    [11, 'sdk', 'out of gas in location', /more gas/],
  ])('has advice for code %i of %s', async (code, codespace, text, advice) => {
    const { adviceFor } = await import('../../src/tx/advice.js');
    expect(adviceFor({ code, codespace, text }, FLAGS)).toMatch(advice);
    // The same number of a module means something else.
    expect(adviceFor({ code, codespace: 'inference', text: 'x' }, FLAGS)).toBeUndefined();
  });
});

describe('the version of inferenced', () => {
  const version = async (script: string) => {
    const { path, signal } = await binary(script);
    return versionOf(path, signal).catch(({ message }: Error) => message.replace(path, 'PATH'));
  };

  it('is the first line that it prints, on stdout or on stderr', async () => {
    expect(await version('printf "v0.2.16\\nmore\\n"')).toBe('v0.2.16');
    expect(await version('echo v0.2.16 >&2')).toBe('v0.2.16');
  });

  it('is not known where it fails or prints nothing, and the error says how it ended', async () => {
    expect(await version('echo no version >&2; exit 3')).toBe(
      'PATH does not tell its version (exit 3): no version',
    );
    expect(await version('exit 0')).toBe('PATH does not tell its version: exit 0');
    expect(await versionOf('/no/inferenced', new AbortController().signal).catch(String)).toContain(
      '/no/inferenced: no such program',
    );
  });
});
