import { isAtLeast } from '../../models/facts.js';
import { type DoctorCheck, type DoctorFinding, unknown } from '../check.js';

const LEAST_NODE = '20.19';
const LEAST_FREE_GB = 1;
const LEAST_COLUMNS = 80;

/** This machine can run assay, and store its files. */
export const machine: DoctorCheck = {
  name: 'machine',
  title: 'this machine',
  whyItMatters: 'A full disk ends a run before its verdict.',
  judge({ machine: { nodeVersion, freeGb, folder, columns } }) {
    return [
      isAtLeast(nodeVersion, LEAST_NODE)
        ? { state: 'ok', text: `Node ${nodeVersion}` }
        : {
            state: 'fail',
            text: `Node ${nodeVersion} is too old`,
            advice: `install Node ${LEAST_NODE} or newer`,
          },
      diskFinding(freeGb, folder),
      ...(columns !== null && columns < LEAST_COLUMNS
        ? [
            {
              state: 'warn' as const,
              text: `the terminal has ${columns} columns`,
              advice: `make it ${LEAST_COLUMNS} wide, or tables are cut`,
            },
          ]
        : []),
    ];
  },
};

function diskFinding(freeGb: { value: number } | { unknown: string }, folder: string): DoctorFinding {
  if ('unknown' in freeGb) return unknown(freeGb.unknown);
  const text = `${freeGb.value.toFixed(1)} GB free in ${folder}`;
  return freeGb.value >= LEAST_FREE_GB
    ? { state: 'ok', text }
    : { state: 'fail', text, advice: 'make room: a run keeps its vectors' };
}
