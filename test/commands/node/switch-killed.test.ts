import { describe, expect, it } from 'vitest';
import { KIMI, QWEN, type Site } from '../../support/site.js';
import { held, killedAt, OUT_OF_MEMORY, useSwitches } from '../../support/switches.js';

const { prepared, close } = useSwitches();

const SIDE_BY_SIDE = 4;

describe('a switch that is killed', () => {
  /** Kills switches at each moment, some side by side since they mostly wait; returns the last moment. */
  async function killAtEach(
    first: number,
    flags: string[],
    check: (killed: Awaited<ReturnType<typeof prepared>>) => Promise<void>,
    prepare: (site: Site) => void = () => {},
  ): Promise<number> {
    const killAndCheck = async (moment: number): Promise<boolean> => {
      const killed = await prepared();
      prepare(killed.site);
      const wasKilled = await killedAt(moment, killed.site, killed.cwd, [...killed.start, ...flags]);
      if (wasKilled) await check(killed);
      return wasKilled;
    };
    for (let moment = first; ; moment += SIDE_BY_SIDE) {
      const moments = Array.from({ length: SIDE_BY_SIDE }, (_, index) => moment + index);
      const killed = await Promise.all(moments.map(killAndCheck));
      await close();
      if (killed.includes(false)) return moment + killed.indexOf(false) - 1;
    }
  }

  it('at any moment, and resumed, ends with exactly the new config, applied once', async () => {
    // The moments before only make the run folder.
    const last = await killAtEach(4, ['--skip-validate'], async ({ site, assay, run }) => {
      const resumed = await assay('--resume', run);
      if (/nothing was changed|is no run/.test(resumed.stderr)) {
        expect([held(site), site.net.broker.changes]).toEqual(['old', { node1: 1 }]);
      } else {
        expect([resumed.exitCode, held(site), site.ml.running?.model]).toEqual([0, 'new', KIMI]);
        expect(site.net.broker.changes).toEqual({ node1: 2 });
      }
    });
    expect(last).toBeGreaterThanOrEqual(11);
  }, 240_000);

  it('at any moment of the way back, and resumed, ends with exactly the old config', async () => {
    const check = async ({ site, assay, run }: Awaited<ReturnType<typeof prepared>>) => {
      const resumed = await assay('--resume', run);
      expect([resumed.exitCode, held(site), site.ml.running?.model]).toEqual([1, 'old', QWEN]);
      expect(resumed.stderr).toContain('the old config is back and serves');
      expect(site.net.broker.changes).toEqual({ node1: 3 });
    };
    const last = await killAtEach(8, [], check, ({ ml }) => ml.failNextStart(OUT_OF_MEMORY));
    expect(last).toBeGreaterThanOrEqual(14);
  }, 240_000);

  it('before it validates, and resumed, validates', async () => {
    const { site, assay, run, cwd, start } = await prepared();
    // The eleventh moment: that the model serves is recorded.
    expect(await killedAt(11, site, cwd, start)).toBe(true);
    const { exitCode, stderr } = await assay('--resume', run);
    expect([exitCode, held(site)]).toEqual([0, 'new']);
    expect(stderr.split('\n')[0]).toBe('validating');
  });
});
