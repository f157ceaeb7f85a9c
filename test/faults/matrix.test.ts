import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, expect, test } from 'vitest';
import { leasePool } from '../../src/probe/pool.js';
import { useTempFolder } from '../support/temp.js';
import { type Cell, isPossible, problemsOf } from './matrix/cell.js';
import { faults } from './matrix/faults.js';
import { ruleOf, stations } from './matrix/stations.js';

// A part of the fault matrix: in each phase another third of the faults. `npm run faults` goes through all of it.
const folders = useTempFolder();
// One pool for all runs: threads need not start again for each.
const pool = leasePool();
afterAll(() => pool.release());
/** What takes long, since nothing but a limit ends it, is met in the first phase only. */
const isSlow = ({ fault, station }: Cell) =>
  fault.outcome === 'timed_out' || (fault.outcome === 'throttled' && ruleOf(station, fault).retries > 6);

test.each(stations.map((station, row) => ({ station, row })))(
  'what goes wrong in $station.name ends as the policy says',
  async ({ station, row }) => {
    const cells: Cell[] = faults.flatMap((fault, column) => {
      const turn = (row + column) % 6;
      if (turn !== 0 && turn !== 3) return [];
      return [{ station, fault, persistence: turn === 0 ? 'once' : 'always' }];
    });
    const limit = pLimit(6);
    const problems = await Promise.all(
      cells
        .filter((cell) => isPossible(cell) && (row === 0 || !isSlow(cell)))
        .map((cell) =>
          limit(async () => {
            const name = `${cell.fault.name}, ${cell.persistence}`.replaceAll(/\W+/g, '-');
            const found = await problemsOf(cell, folders.path(join(`${row}-${name}`, 'run')));
            return found.map((problem) => `${name}: ${problem}`);
          }),
        ),
    );
    expect(problems.flat()).toEqual([]);
  },
  120_000,
);
