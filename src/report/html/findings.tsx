import type { Diagnosis } from '../../run/report.js';

/** What the run's own figures say about the cause, with what to do. */
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
