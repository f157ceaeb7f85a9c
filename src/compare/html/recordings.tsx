import { DataTable } from '../../page/data-table.js';

/** The compared recordings, with the numbers that stand for them on the page. */
export function Recordings({ names }: { names: string[] }) {
  return (
    <>
      <h2>Recordings</h2>
      <div class="panel inputs">
        <DataTable
          caption="Their numbers on this page"
          head={['#', 'recording']}
          rows={names.map((name, index) => [index + 1, name])}
        />
      </div>
    </>
  );
}
