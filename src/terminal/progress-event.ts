/** Events on stderr with `--progress json`, for programs: `progress-event.schema.json` describes each. */
export type ProgressEvent =
  | { event: 'note' | 'warning' | 'error'; text: string; node?: string }
  | { event: 'phase'; phase: string; node?: string }
  | {
      event: 'progress';
      /** A phase or another activity. */
      phase: string;
      done: number;
      /** null: the amount is not known. */
      total: number | null;
      unit: string;
      /** The total is a limit that should not be reached. */
      is_limit: boolean;
      note?: string;
      parts: { name: string; done: number; total: number | null }[];
      node?: string;
    }
  | { event: 'run_ended'; verdict: string; folder: string; exit_code: number; node?: string }
  | { event: 'node_ended'; node: string; verdict: string; reason: string }
  | { event: 'begun'; folder: string }
  | { event: 'check_started'; check: string; index: number; of: number }
  | { event: 'check_ended'; check: string; outcome: string; from_before: boolean }
  | { event: 'ended'; exit_code: number };
