/** One thing that is measured, beside the yardstick that it is measured against. */
export interface BenchItem {
  name: string;
  /** What is measured, and against what, for the table. */
  title: string;
  yardstick: string;
  /** Rounds; each measures the yardstick and the item, one after the other. */
  rounds: number;
  /** The most seconds that are good enough, by the yardstick's; left out where a figure is only published. */
  allowed?: (yardstickSeconds: number) => number;
  /** Makes what the rounds need, untimed. */
  prepare?(): Promise<void>;
  /** Seconds of one run of the item, with other figures of it where it has any. */
  measure(): Promise<Sample>;
  measureYardstick(): Promise<number>;
  cleanUp?(): Promise<void>;
}

export interface Sample {
  seconds: number;
  /** Name and value, as `peak memory`: `412 MiB`; the last round's are shown. */
  figures?: Record<string, string>;
}
