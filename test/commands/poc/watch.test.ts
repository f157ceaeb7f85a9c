import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/paths.js';
import { makeBlock } from '../../../src/simulator/chain/advance.js';
import type { ChainSimulator, ChainSimulatorOptions } from '../../../src/simulator/chain/server.js';
import { assayHere } from '../../support/assay.js';
import { addressOf, useChains } from '../../support/chain.js';
import { useTempFolder } from '../../support/temp.js';

const simulate = useChains();
const temp = useTempFolder();
const MODEL = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';
const POC_START = 3_874_496;
/** A little before the PoC; host5 begins late. */
const SCRIPT = {
  height: POC_START - 3,
  blockTimeMs: 20,
  poc: { hosts: { host2: { votes: 'against_all' as const }, host5: { lateBlocks: 9 } } },
};
/** The same, three blocks into the PoC. */
const UNDER_WAY = { ...SCRIPT, height: POC_START + 3, nextPocStart: POC_START + 300, epochIndex: 251 };

/** A chain that makes a block whenever it is asked where it stands: no look misses one, however busy the machine. */
const stepwise = async (script: ChainSimulatorOptions) => {
  const started: { simulator?: ChainSimulator } = {};
  started.simulator = await simulate({
    ...script,
    paused: true,
    routes: ({ url }) => {
      if (started.simulator && /epochs\/latest|chain-rpc\/status/.test(url.pathname))
        makeBlock(started.simulator.chain, new Date());
      return undefined;
    },
  });
  return started.simulator;
};

describe('poc watch', () => {
  it('waits for the PoC, follows it, keeps what the chain forgets, and tells the outcome', async () => {
    const { url } = await stepwise(SCRIPT);
    const out = temp.path('poc.json');
    const args = ['--node', url, '--address', addressOf('host5'), '--json', '--out', out];
    const watched = await assayHere(['poc', 'watch', ...args]);
    expect(watched.exitCode).toBe(0);
    expect(watched.stderr).toMatch(/height 38744\d\d PoCGenerate: .*nonces by \d hosts/);
    expect(watched.stderr).toMatch(/first third: median 33\.33 %, yours 0\.00 %: too few/);
    expect(watched.stderr).toMatch(/kept in .*poc\.json/);
    const json = JSON.parse(watched.stdout);
    const [own] = json.models[0].participants;
    expect(json).toMatchObject({ height: POC_START, epoch: 251 });
    expect(own).toMatchObject({
      address: addressOf('host5'),
      accepted: true,
      weight_computed: own.weight_on_chain,
      early_share: { missed: true },
    });

    // The chain has forgotten the voting powers; the file has not.
    const asked = await assayHere(['poc', 'outcome', '--node', url, '--address', addressOf('host1')]);
    expect(asked.exitCode).toBe(1);
    const kept = await assayHere(['poc', 'outcome', out, '--all', '--json']);
    expect(kept.exitCode).toBe(0);
    for (const one of JSON.parse(kept.stdout).models[0].participants)
      expect(one.weight_computed).toBe(one.weight_on_chain);

    const votes = await assayHere(['poc', 'votes', out, '--json', '--html', temp.path('votes.html')]);
    const [matrix] = JSON.parse(votes.stdout).models;
    expect(matrix.validators[0]).toMatchObject({
      address: addressOf('host2'),
      valid: 0,
      invalid: 8,
      disagreements: 8,
    });
    const page = await readFile(temp.path('votes.html'), 'utf8');
    expect(page).toContain(addressOf('host2'));
    expect(page).not.toMatch(/<script/);
    const text = await assayHere(['poc', 'votes', out, '--model', MODEL]);
    expect(text.stdout).toMatch(new RegExp(`^${addressOf('host2')} +2000 +8 +8 +−{8}$`, 'm'));
    expect(text.stdout).toMatch(/\(accepted\): invalid by/);
  });

  it('is interrupted without losing what it has, and goes on with its file', async () => {
    const { url } = await stepwise(UNDER_WAY);
    const out = temp.path('cut.json');
    const watch = execa(
      process.execPath,
      [`${packageRoot}/dist/main.js`, 'poc', 'watch', '--node', url, '--out', out],
      { reject: false, stdin: 'ignore' },
    );
    await new Promise<void>((resolve) => {
      watch.stderr.on('data', (text: Buffer) => /^height/m.test(String(text)) && resolve());
    });
    watch.kill('SIGINT');
    const cut = await watch;
    expect(cut.exitCode).toBe(130);
    expect(cut.stdout).toBe('');
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ place: { height: POC_START } });
    const again = await assayHere(['poc', 'watch', '--node', url, '--out', out, '--json']);
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout).models[0].participants[0].accepted).toBe(true);
  });

  it('does not write over the file of another PoC', async () => {
    const { url } = await stepwise(UNDER_WAY);
    const other = await temp.write('other.json', JSON.parse(await readFile(temp.path('poc.json'), 'utf8')));
    const record = JSON.parse(await readFile(other, 'utf8'));
    record.place.height = 5;
    await temp.write('other.json', record);
    const { exitCode, stderr } = await assayHere(['poc', 'watch', '--node', url, '--out', other]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/has the PoC at height 5, not the one at 3874496; give another --out/);
    const broken = await temp.write('broken.json', {
      ...record,
      answers: { ...record.answers, commits: { commits: 5 } },
    });
    const refused = await assayHere(['poc', 'outcome', broken, '--all']);
    expect(refused.stderr).toMatch(/broken\.json: answers\.commits: \/commits must be array/);
  });

  it("does not take a confirmation PoC of an unknown height for the epoch's own", async () => {
    const { url, chain } = await stepwise({ ...SCRIPT, height: POC_START - 100 });
    chain.confirmationPocActive = true;
    const { exitCode, stderr } = await assayHere(['poc', 'watch', '--node', url]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/confirmation PoC is active, and this node does not report its trigger height/);
  });
});
