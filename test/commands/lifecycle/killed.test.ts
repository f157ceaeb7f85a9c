import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import type { HostReport } from '../../../src/lifecycle/host-report.js';
import type { NodeObject } from '../../../src/network/node-object.js';
import { packageRoot } from '../../../src/paths.js';
import { type Bootstrap, POC_START, startBootstrap } from '../../support/bootstrap.js';
import { KIMI } from '../../support/site.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
const open: Bootstrap[] = [];

afterEach(() => Promise.all(open.splice(0).map((host) => host.close())));

// At each moment when something has become lasting, every line of every journal among them, it takes minutes:
// `npm run lifecycle:kills`. These are the intent before it is sent and after, a download under way, the first config
// applied, and the validations under way.
const asked = process.env['LIFECYCLE_KILLS'];
const isWhole = asked !== undefined;
/** `LIFECYCLE_KILLS=20` begins there. */
const FIRST = Number(asked) || 1;
const SOME = [6, 8, 11, 36, 48];

/** They mostly wait. */
const SIDE_BY_SIDE = 4;

describe('a lifecycle run that is killed', () => {
  it(
    'and started again, ends as one that was not',
    async () => {
      const whole = await start(0);
      expect(await run(whole, 0)).toBe(false);
      const unkilled = await outcomeOf(whole);
      expect(unkilled).toMatchObject({
        stored: 'intent',
        sent: 1,
        served: [KIMI, KIMI],
        outcome: 'validated',
      });

      /** Kills it at one moment, and goes on; false when it ended before. */
      const killAndCompare = async (moment: number): Promise<boolean> => {
        const host = await start(moment);
        const isKilled = await run(host, moment);
        if (isKilled) expect((await host.assay('run')).exitCode, `killed at ${moment}`).toBe(0);
        expect(await outcomeOf(host), `killed at ${moment}`).toEqual(unkilled);
        return isKilled;
      };
      if (!isWhole) {
        expect(await Promise.all(SOME.map(killAndCompare))).not.toContain(false);
        return;
      }
      for (let first = FIRST; ; first += SIDE_BY_SIDE) {
        const moments = Array.from({ length: SIDE_BY_SIDE }, (_, index) => first + index);
        const killed = await Promise.all(moments.map(killAndCompare));
        await Promise.all(open.splice(0).map((host) => host.close()));
        if (!killed.includes(false)) continue;
        const last = first + killed.indexOf(false) - 1;
        console.log(`killed at each of the moments ${FIRST} to ${last}`);
        expect(last).toBeGreaterThan(Math.max(...SOME));
        return;
      }
    },
    isWhole ? 1_800_000 : 120_000,
  );

  it('half-way through a switch stops where PoC has begun, or somebody changed the node', async () => {
    const host = await start('half-way');
    expect(await run(host, 33)).toBe(true);
    const { broker, chain } = host.net;
    chain.phaseOverride = 'PoCGenerate';
    const early = await host.assay('run');
    expect([early.exitCode, early.stderr]).toEqual([
      1,
      expect.stringMatching(
        /the network is in phase PoCGenerate, .*the switch of node[12] is not finished; set it right/,
      ),
    ]);
    chain.phaseOverride = null;
    for (const { node } of broker.nodes.values()) broker.update({ ...node, max_concurrent: 3 });
    const moved = await host.assay('run');
    expect([moved.exitCode, moved.stderr]).toEqual([
      1,
      expect.stringMatching(/was changed by somebody else: max_concurrent is 3|differs from what was sent/),
    ]);
  });

  it('after its switches stops where somebody changed a node', async () => {
    const host = await start('switched');
    // Its own switch is over, and that of all is not.
    expect(await run(host, '"act":"load","id":"node2"')).toBe(true);
    const { broker } = host.net;
    const { node } = broker.nodes.get('node2') as { node: NodeObject };
    broker.update({ ...node, max_concurrent: 3 });
    const { exitCode, stderr } = await host.assay('run');
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('node2 no longer has the new config; set it right'),
    ]);
    broker.update(node);
    expect((await host.assay('run')).exitCode).toBe(0);
  });
});

async function start(name: number | string): Promise<Bootstrap> {
  const mlNodes = [{ weights: { [KIMI]: 'NOT_FOUND' as const } }, {}];
  // Whether an intent was sent that was cut short is known after a hundred blocks: there is time before the snapshot.
  const chain = { height: POC_START - 1_900 };
  const host = await startBootstrap({ folder: temp.path(`killed-${name}`), mlNodes, chain });
  open.push(host);
  return host;
}

/** Runs it, and kills it at a moment; false when it ended before. */
/** @param moment its number, or what the line holds that is on the disk then */
async function run({ file, folder }: Bootstrap, moment: number | string): Promise<boolean> {
  const preload = `${packageRoot}/test/support/kill-at.mjs`;
  const words = ['--import', preload, `${packageRoot}/dist/main.js`, 'lifecycle', 'run', '--file', file];
  const env: Record<string, string> =
    typeof moment === 'number' ? { KILL_AT: String(moment) } : { KILL_AFTER: moment };
  const { signal } = await execa(process.execPath, words, {
    cwd: folder,
    env,
    reject: false,
    stdin: 'ignore',
  });
  return signal === 'SIGKILL';
}

async function outcomeOf(host: Bootstrap) {
  const report: HostReport = JSON.parse(await readFile(join(host.runFolder, 'report.json'), 'utf8'));
  return {
    stored: host.stored(),
    sent: host.sent(),
    served: host.served(),
    changes: host.changes(),
    outcome: report.outcome,
    nodes: report.nodes.map(({ id, holds, validation }) => [id, holds, validation?.verdict]),
  };
}
