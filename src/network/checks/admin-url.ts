import { isPrivateHost } from '../../http/private-address.js';
import type { ChangeCheck } from './check.js';

/** The admin API asks for no credentials: anyone who reaches it can remove the host's nodes. */
export const adminUrl: ChangeCheck = {
  name: 'admin-url',
  judge({ adminUrl }) {
    const { hostname, host } = new URL(adminUrl);
    if (isPrivateHost(hostname)) return { state: 'ok', text: `${host} is private` };
    return {
      state: 'warn',
      text: `${host} does not look private`,
      advice: 'the admin API has no authentication: keep its port on the host alone',
    };
  },
};
