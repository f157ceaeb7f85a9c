import type { Profile } from './profile.js';

export const exact: Profile = { summary: 'the golden vectors, bit for bit' };
