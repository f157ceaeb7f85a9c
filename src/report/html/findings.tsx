import type { Diagnosis } from '../../run/report.js';

/** Findings about the cause, from the run's own figures, with advice. */
export function Findings({ diagnosis }: { diagnosis: Diagnosis[] }) {
  return (
    <>
      <h2>Diagnosis</h2>
      {diagnosis.length === 0 && <p>The measurements show none.</p>}
      {diagnosis.map(({ code, message, why_it_matters, evidence, advice }) => (
        <section class="finding" key={code}>
          <h3>
            {message} <code>{code}</code>
          </h3>
          <p>{why_it_matters}</p>
          <p>
            <strong>Evidence:</strong> {evidence}
          </p>
          <p>
            <strong>What to do:</strong> {advice}
          </p>
        </section>
      ))}
    </>
  );
}
