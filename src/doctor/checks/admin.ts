import type { DoctorCheck, DoctorFinding } from '../check.js';

/** The host's own network node lists its ML nodes, and none of them has failed. */
export const admin: DoctorCheck = {
  name: 'admin',
  title: 'network node lists the ML nodes',
  whyItMatters: 'A node that the network node does not list, or lists as failed, earns nothing.',
  judge({ admin: facts }) {
    if (facts === null) return [];
    const { listed, url } = facts;
    if ('unknown' in listed)
      return [
        {
          state: 'fail',
          text: listed.unknown,
          advice: `check --admin-url (${url}); it listens on the host alone`,
        },
      ];
    if (listed.value.length === 0)
      return [{ state: 'fail', text: 'no ML node is listed', advice: 'add one: assay node add' }];
    return listed.value.map(({ node, state }): DoctorFinding => {
      const { current_status: status = 'not known', failure_reason: reason } = state;
      if (status === 'FAILED' && /No epoch models available/i.test(reason ?? ''))
        return { state: 'ok', text: `${node.id}: waits for its first PoC` };
      if (status === 'FAILED')
        return {
          state: 'fail',
          text: `${node.id}: FAILED${reason ? `: ${reason}` : ''}`,
          advice: `look at the node, then: assay node enable ${node.id}`,
        };
      return { state: 'ok', text: `${node.id}: ${status}` };
    });
  },
};
