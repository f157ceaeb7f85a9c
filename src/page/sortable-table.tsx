import type { ComponentChildren } from 'preact';

/** One order of a table's rows. */
export interface RowOrder {
  name: string;
  /** For each row of the markup, from the top, its position in this order. */
  places: number[];
}

/** Sorts by a figure or a text: rows without a value come last, and equal rows keep their order. Pure. */
export function orderBy<T>(
  name: string,
  rows: T[],
  figureOf: (row: T) => number | string | null,
  largestFirst = false,
): RowOrder {
  const values = rows.map(figureOf);
  const compared = (a: number | string, b: number | string) =>
    typeof a === 'number' && typeof b === 'number'
      ? (a - b) * (largestFirst ? -1 : 1)
      : String(a).localeCompare(String(b), 'en', { numeric: true });
  const sorted = rows
    .map((_, at) => at)
    .sort((one, other) => {
      const [a, b] = [values[one] ?? null, values[other] ?? null];
      if (a === null || b === null) return Number(a === null) - Number(b === null) || one - other;
      return compared(a, b) || one - other;
    });
  const places = new Array<number>(rows.length);
  for (const [place, row] of sorted.entries()) places[row] = place;
  return { name, places };
}

/**
 * The style for such a table: the reader's choice of an order moves the rows, without a script. Each row has
 * its position in every order as a CSS variable.
 *
 * @param columns number of columns of the table
 */
export function sortableStyle(orders: RowOrder[], columns: number): string {
  const rows = orders[0]?.places.length ?? 0;
  const variables = Array.from({ length: rows }, (_, row) => {
    const places = orders.map(({ places: own }, at) => `--o${at}:${own[row]}`);
    return `.sortable tbody tr:nth-child(${row + 1}){${places.join(';')}}`;
  });
  const choices = orders.map((_, at) => `.sortable:has(#order-${at}:checked) tbody tr{order:var(--o${at})}`);
  return `
.orders { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0 0 8px; padding: 0; border: 0; font-size: .875rem; }
.orders legend { float: left; color: var(--soft); } .orders label { white-space: nowrap; }
@supports selector(:has(*)) and (grid-template-columns: subgrid) {
.sortable table { display: grid; grid-template-columns: repeat(${columns}, auto); }
.sortable thead, .sortable tbody, .sortable tr { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; }
${[...variables, ...choices].join('\n')}
}
@supports not (selector(:has(*)) and (grid-template-columns: subgrid)) { .orders { display: none; } }
@media print { .orders { display: none; } }
`;
}

/** ARIA roles of a table; some browsers drop them when the table is laid out as a grid. */
const ROLES = {
  table: { role: 'table' },
  group: { role: 'rowgroup' },
  row: { role: 'row' },
  column: { role: 'columnheader' },
  header: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const;

/** A table with an order that the reader chooses; one per page, and the page needs `sortableStyle`. */
export function SortableTable({
  caption,
  head,
  rows,
  orders,
}: {
  caption: string;
  head: string[];
  rows: ComponentChildren[][];
  orders: RowOrder[];
}) {
  return (
    <div class="sortable">
      <p class="caption">{caption}</p>
      <fieldset class="orders">
        <legend>Order by</legend>
        {orders.map(({ name }, at) => (
          <label key={name}>
            <input type="radio" name="order" id={`order-${at}`} defaultChecked={at === 0} /> {name}
          </label>
        ))}
      </fieldset>
      <section
        class="scroll"
        aria-label={caption}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
        tabIndex={0}
      >
        <table {...ROLES.table}>
          <thead {...ROLES.group}>
            <tr {...ROLES.row}>
              {head.map((text) => (
                <th key={text} scope="col" {...ROLES.column}>
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody {...ROLES.group}>
            {rows.map(([first, ...others], row) => (
              <tr key={row} {...ROLES.row}>
                <th scope="row" {...ROLES.header}>
                  {first}
                </th>
                {others.map((cell, column) => (
                  <td key={column} {...ROLES.cell}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
