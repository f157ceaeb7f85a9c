import type { EngineStandsStill } from '../../batches/still-watch.js';
import type { Warning } from '../../run/report.js';

/** The engine stood still during requests. */
export function stillWarning({ message, advice }: EngineStandsStill): Warning {
  return {
    code: 'engine_stands_still',
    text: message,
    about_node: true,
    ...(advice !== undefined && { advice }),
  };
}

/** The engine generated nothing although it reports that it generates. */
export function generatedNothing(port: number, seconds: number): Warning {
  return {
    code: 'engine_stands_still',
    text: `replica ${port} generated no nonce in ${seconds} s although it reports GENERATING: its engine has stopped`,
    about_node: true,
    advice: "look into the node's log for a hung engine, and restart its process",
  };
}
