/** Figures in a row, each with its name above and a note below. */
export function Cards({ cards }: { cards: [name: string, value: string, note: string][] }) {
  if (cards.length === 0) return null;
  return (
    <dl class="cards">
      {cards.map(([name, value, note], index) => (
        <div key={index}>
          <dt>{name}</dt>
          <dd>
            {value}
            <small>{note}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
