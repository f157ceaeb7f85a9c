import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { percentText } from '../text/figures.js';
import type { ChainPair } from './compare-chains.js';
import { groupDifferences, pairNames } from './pair-names.js';

/** What chains can and cannot show, printed under every comparison of chains. */
export const CHAINS_TELL =
  'steps count from 0; after the first one that differs two chains have nothing in common, and only an engine that holds the model can say how near that choice was: assay validate --reference FILE --trusted-url URL';

/** Columns before those of single steps, which a narrow terminal can do without. */
const ALWAYS = 6;

/** Header and rows of the table of pairs, for a terminal and for the page. */
export function chainRows(
  pairs: ChainPair[],
  nameOf: (pair: ChainPair) => string,
): { head: string[]; rows: string[][] } {
  const looks = pairs.find(({ equal_up_to }) => equal_up_to.length > 0)?.equal_up_to ?? [];
  return {
    head: [
      ...['pair', 'common', 'missing', 'no chain', 'equal in full', 'first difference at'],
      ...looks.slice(0, -1).map(({ step }) => `equal to ${step}`),
    ],
    rows: pairs.map((pair) => {
      const { compared, equal, first_divergence: parting } = pair.chains;
      return [
        nameOf(pair),
        String(pair.common),
        `${pair.missing_in_a.count}/${pair.missing_in_b.count}`,
        String(pair.n_without_chain),
        compared === 0 ? 'none' : `${equal} / ${compared} (${percentText(equal / compared)})`,
        parting === null ? '–' : `${parting.min} to ${parting.max}, half by ${parting.p50}`,
        ...pair.equal_up_to.slice(0, -1).map(({ share }) => percentText(share)),
      ];
    }),
  };
}

/** Pairs of recordings of chains, for people. */
export function renderChains(pairs: ChainPair[], terminal: Terminal): string {
  const { recordings, numberOf, nameOf } = pairNames(pairs);
  const names = recordings.map((name) => [String(numberOf(name)), name]);
  const { head, rows } = chainRows(pairs, nameOf);
  return [
    renderTable(['', 'recording'], names, terminal),
    '',
    renderTable(head, rows, terminal, [...head.slice(ALWAYS).reverse(), 'no chain', 'common']),
    ...groupDifferences(pairs, nameOf).map(
      ({ pairs: alike, name, a, b }) => `recordings ${alike.join(', ')} differ in ${name}: ${a}; ${b}`,
    ),
    CHAINS_TELL,
  ].join('\n');
}
