import type { EstimatedReward } from '../../chain/reward.js';
import type { StageOutcome } from '../../poc/outcome.js';
import { outcomeJson } from '../../poc/outcome-json.js';
import type { Terminal } from '../../terminal/terminal.js';
import { jsonText } from '../../text/json.js';
import { allText, hostText } from './outcome-text.js';

/**
 * Shows the outcome of a PoC on stdout, and its warnings on stderr.
 *
 * @param address the host; null: every participant
 * @param reward null: it was not read
 */
export function tellOutcome(
  outcome: StageOutcome,
  address: string | null,
  reward: EstimatedReward | null,
  { json, terminal }: { json: boolean | undefined; terminal: Terminal },
): void {
  for (const warning of outcome.warnings) terminal.say(`warning: ${warning}`);
  if (json) terminal.out(jsonText(outcomeJson(outcome, reward)));
  else if (address === null) terminal.out(allText(outcome, terminal));
  else terminal.out(hostText(outcome, address, reward, terminal));
}
