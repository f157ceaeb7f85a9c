import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { CHAINS_TELL, chainRows } from '../chains-text.js';
import type { ChainPair } from '../compare-chains.js';
import { pairNames } from '../pair-names.js';
import { Recordings } from './recordings.js';

/** Recordings of chains compared with each other, as one page. */
export function renderChainsPage(pairs: ChainPair[]): string {
  const { recordings, nameOf } = pairNames(pairs);
  const title = `${recordings.length} recordings of chains compared`;
  const { head, rows } = chainRows(pairs, nameOf);
  return renderDocument(
    title,
    <>
      <header>
        <h1>{title}</h1>
        <p class="meta">{CHAINS_TELL}</p>
      </header>
      <main>
        <Recordings names={recordings} />
        <h2>Pairs</h2>
        <div class="panel">
          <DataTable caption="Every pair over the nonces that both have" head={head} rows={rows} />
        </div>
      </main>
    </>,
  );
}
