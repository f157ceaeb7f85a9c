import { type Choice, choiceText } from '../chain/choice.js';
import type { HostStanding } from '../chain/host.js';
import type { Standing } from '../chain/rules/costs.js';
import { roughDurationText } from '../text/duration.js';
import type { DownloadForecast } from './forecast-downloads.js';
import { epochLimit, fallbackChoice, type HostFile, wantedChoice } from './host-file.js';

/** What a run does in addition to its steps: downloads, fallbacks, further epochs, and questions. */
export function planNotes(
  host: HostFile,
  { costs }: Pick<HostStanding, 'costs'>,
  downloads: DownloadForecast[],
): string[] {
  const notes = downloads.map(downloadNote);
  const wanted = wantedChoice(host);
  const fallback = (when: string, choice: Choice | undefined) => {
    const standing = ({ delegation: 'delegation_counts', refusal: 'refusal' } as const)[
      choice?.kind as 'delegation' | 'refusal'
    ];
    const cost = (of: Standing) => costs.find((row) => row.standing === of)?.cells.eligible.amount ?? 0n;
    const stays = `an intent without commits costs ${cost('intent_without_commits')}`;
    notes.push(
      choice === undefined
        ? `${when}: nothing else is sent (stay); if the model becomes eligible, ${stays}, the same as no choice`
        : `${when}: ${choiceText(choice)} is stored before PoC validation; if the model becomes eligible, that costs ${cost(standing)}, where ${stays}`,
    );
  };
  if (host.choice === 'deploy') {
    notes.push(
      '`assay lifecycle run` takes these steps; by hand, `assay node config` prints the file of a node for --to',
    );
    fallback('not pre-eligible', fallbackChoice(host.if_not_pre_eligible));
    fallback('no node passes', fallbackChoice(host.on_validation_failure));
  }
  const limit = epochLimit(host);
  if (limit > 1)
    notes.push(
      `until the model is eligible${limit === Number.POSITIVE_INFINITY ? '' : `, ${limit} epochs at the most`}: ${inEachEpoch(wanted)}`,
      ...(host.choice === 'deploy'
        ? [
            'a node that fails its validation is not tried again: check it first; the others continue, and the run ends when none is left',
          ]
        : []),
    );
  if (host.passphrase_file === undefined && (host.keyring_backend ?? 'file') !== 'test')
    notes.push(
      'you will be asked for the passphrase of the keyring for each transaction (passphrase_file avoids it)',
    );
  notes.push(
    'you will be asked whether to send in spite of warnings (--yes avoids it), and what to do if something else changed',
  );
  return notes;
}

function inEachEpoch(wanted: Choice): string {
  if (wanted.kind === 'delegation') return 'the delegation lasts; it is checked in each epoch';
  return `${choiceText(wanted)} is sent again in each epoch before its snapshot, since the chain forgets it`;
}

function downloadNote({ id, status, leftS }: DownloadForecast): string {
  const left =
    leftS === null
      ? 'how long they take is not known before a download of this run has ended (or with weights_gb)'
      : `they take about ${roughDurationText(leftS)} more`;
  return `${id}: its weights are ${status}; ${left}`;
}
