import type { Profile } from './profile.js';

export const exact: Profile = { summary: 'the vectors of the reference, bit for bit' };
