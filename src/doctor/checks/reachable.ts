import type { DoctorCheck } from '../check.js';

/** Each ML node answers at the address that this machine has for it. */
export const reachable: DoctorCheck = {
  name: 'reachable',
  title: 'ML node answers',
  whyItMatters: 'Nothing can be checked on a node that this machine cannot reach.',
  judge: ({ mlNodes }) =>
    mlNodes.map(({ name, url, reached, state, replicas, reachAdvice }) => {
      if ('unknown' in reached)
        return { state: 'fail', text: `${name}: ${reached.unknown}`, advice: reachAdvice };
      // An old node may lack one of the two calls, but every ML node has at least one.
      if ('unknown' in state && 'unknown' in replicas)
        return {
          state: 'fail',
          text: `something answers at ${url}, and reports neither its state nor its replicas: ${replicas.unknown}`,
          advice: reachAdvice,
        };
      const { ms, healthy } = reached.value;
      return { state: 'ok', text: `${url} in ${Math.round(ms)} ms${healthy ? '' : ', not serving (503)'}` };
    }),
};
