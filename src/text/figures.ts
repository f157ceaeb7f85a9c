/** How figures are written in sentences for people. */

/** `1 nonce`, `3 nonces`. */
export function counted(count: number | bigint, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 || count === 1n ? singular : plural}`;
}

/** A p-value to two digits. */
export function pValueText(value: number): string {
  if (value === 0) return 'below 1e-300';
  return value < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}

/** The first few nonces of a list. */
export function nonceList(nonces: number[], shown = 5): string {
  return nonces.slice(0, shown).join(', ') + (nonces.length > shown ? ', …' : '');
}

/** How figures are written in every report. */

/** A distance to four decimals; a dash if there is none. */
export function distanceText(value: number | null | undefined): string {
  if (value == null) return '–';
  return Number.isFinite(value) ? value.toFixed(4) : 'no distance';
}

/** A rate of 0 … 1 as a percentage of two decimals at most. */
export function percentText(rate: number): string {
  return `${Number((100 * rate).toFixed(2))} %`;
}

/** A duration in seconds, in fitting units. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Nonces per second. */
export function rateText(perSecond: number): string {
  return `${perSecond.toFixed(1)}/s`;
}

/** `2026-11-24 16:05 UTC` */
export function momentText(time: string | Date): string {
  const timestamp = typeof time === 'string' ? time : time.toISOString();
  return `${timestamp.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2026-11-24 16:05:09 UTC`, where two moments can lie within a minute. */
export function secondText(time: string | Date): string {
  const timestamp = typeof time === 'string' ? time : time.toISOString();
  return `${timestamp.slice(0, 19).replace('T', ' ')} UTC`;
}

/** The name of a replica: its port, if the node reports it. */
export function replicaText(port: number | null): string {
  return port === null ? 'replicas not known' : String(port);
}

/** How many mismatches the run's thresholds allow. */
export function toleratedText(firstFailing: number | null, nTotal: number): string {
  return firstFailing === null ? `all ${nTotal}` : String(firstFailing - 1);
}

/** `4 × NVIDIA B200`, several classes joined. */
export function gpusText(gpus: { name: string; count: number }[]): string {
  return gpus.map(({ name, count }) => `${count} × ${name}`).join(', ') || 'not known';
}
