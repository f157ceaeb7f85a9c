import { batchSensitive } from './batch-sensitive.js';
import {
  decodeExact,
  decodeHardware,
  decodeInt4,
  decodeLying,
  decodeOnly,
  decodePooled,
  decodeUnrelated,
} from './decode.js';
import { dropping } from './dropping.js';
import { exact } from './exact.js';
import { flaky } from './flaky.js';
import { heads } from './heads.js';
import { honest } from './honest.js';
import { lying } from './lying.js';
import { memorised } from './memorised.js';
import { nan } from './nan.js';
import { awqInt4, int4, nvfp4 } from './other-weights.js';
import type { Profile } from './profile.js';
import { slow } from './slow.js';
import { swappedBytes } from './swapped-bytes.js';
import { unrelated } from './unrelated.js';
import { wrongDimension } from './wrong-dimension.js';

/** All profiles, by the name that the user types. */
export const profiles = {
  exact,
  honest,
  heads,
  int4,
  'awq-int4': awqInt4,
  nvfp4,
  unrelated,
  nan,
  dropping,
  'wrong-dimension': wrongDimension,
  'swapped-bytes': swappedBytes,
  'batch-sensitive': batchSensitive,
  decode: decodeExact,
  'decode-hardware': decodeHardware,
  'decode-int4': decodeInt4,
  'decode-unrelated': decodeUnrelated,
  'decode-lying': decodeLying,
  'decode-pooled': decodePooled,
  'decode-only': decodeOnly,
  lying,
  memorised,
  slow,
  flaky,
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;
