import type { DoctorCheck } from '../check.js';

/** The program that signs. */
export const inferenced: DoctorCheck = {
  name: 'inferenced',
  title: 'inferenced is there',
  whyItMatters: 'It signs intent, delegation and refusal.',
  judge({ machine: { inferenced: found } }) {
    if (found === null) return [];
    return 'value' in found
      ? [{ state: 'ok', text: `version ${found.value}` }]
      : [
          {
            state: 'fail',
            text: found.unknown,
            advice: 'run `inferenced version` by hand; install it, or give its path with --inferenced PATH',
          },
        ];
  },
};
