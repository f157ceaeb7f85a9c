/** With `wait: false` the node answers quickly. It answers a `wait: true` within its own limit of 60 s. */
export const ASK_TIMEOUT_MS = 75_000;

export const LOOK_TIMEOUT_MS = 20_000;
