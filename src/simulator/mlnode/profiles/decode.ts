import type { Profile } from './profile.js';

/** Largest lead at which another GPU class chooses otherwise: honest margins stay below every tau. */
const HONEST_SLIP = 0.004;
const OTHER_HARDWARE = { hardware: 'other', slip: HONEST_SLIP };

export const decodeExact: Profile = {
  summary: 'a build that knows the decode scheme, as the one that recorded the reference',
  decode: {},
};

export const decodeHardware: Profile = {
  summary: 'the same on another GPU class: chains part late, at small margins',
  decode: OTHER_HARDWARE,
};

export const decodeInt4: Profile = {
  summary: 'a decode build with quantised weights: chains part early, at margins above tau',
  decode: { hardware: 'int4', slip: 0.12 },
};

export const decodeUnrelated: Profile = {
  summary: 'a decode build with another model',
  decode: { weights: 'another model' },
};

export const decodeLying: Profile = {
  summary: 'a decode build with another model, whose own check clears everything',
  decode: { weights: 'another model' },
  clearsItself: true,
};

export const decodePooled: Profile = {
  summary: 'an older decode build, whose own check counts steps instead of nonces',
  decode: { ...OTHER_HARDWARE, pooled: true },
};

export const decodeOnly: Profile = {
  summary: 'a build that knows the decode scheme only: empty vector_b64 and k_points_steps for every request',
  decode: {},
  knowsNothingElse: true,
};
