import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import type { StageOutcome } from '../outcome.js';
import { type VoteMatrix, voteMark } from '../votes.js';

/** One page with the votes of a stage: who voted how on whom. */
export function renderVotesPage({ stage, rules, warnings }: StageOutcome, matrices: VoteMatrix[]): string {
  const { place } = stage;
  const title = `Votes of the PoC at height ${place.height}`;
  return renderDocument(
    title,
    <>
      <header>
        <h1>{title}</h1>
        <p class="meta">
          Epoch {place.epoch}; rules {rules.name}, chain {rules.chainVersion ?? 'version not known'}.
        </p>
        {warnings.map((text) => (
          <p key={text} class="reason">
            {text}
          </p>
        ))}
      </header>
      <main>
        {matrices.map((matrix) => (
          <Matrix key={matrix.modelId} matrix={matrix} />
        ))}
      </main>
    </>,
  );
}

function Matrix({ matrix: { modelId, participants, validators } }: { matrix: VoteMatrix }) {
  return (
    <>
      <h2>{modelId || 'no model named'}</h2>
      <div class="panel">
        <DataTable
          caption="Participants, by column number"
          head={['number', 'participant', 'came out']}
          rows={participants.map(({ address, accepted }, index) => [
            index + 1,
            address,
            <span key="out" class={accepted === null ? 'warn' : accepted ? 'good' : 'bad'}>
              {accepted === null ? 'not known' : accepted ? 'accepted' : 'rejected'}
            </span>,
          ])}
        />
        <DataTable
          caption="Votes: + valid, − invalid, ! both, · none; validators who disagree most with the result come first"
          head={[
            'validator',
            'voting power',
            'disagrees',
            'invalid',
            ...participants.map((_, index) => String(index + 1)),
          ]}
          rows={validators.map(({ address, votingPower, disagreements, invalid, votes }) => [
            address,
            votingPower === null ? '–' : String(votingPower),
            disagreements ?? '–',
            invalid,
            ...participants.map((participant) => {
              const mark = voteMark(votes.get(participant.address));
              return (
                <span key={participant.address} class={mark === '−' || mark === '!' ? 'bad' : ''}>
                  {mark}
                </span>
              );
            }),
          ])}
        />
      </div>
    </>
  );
}
