import { UsageError } from '../../errors.js';
import { type ProfileName, profiles } from '../../simulator/mlnode/index.js';

export const profileNames = Object.keys(profiles) as ProfileName[];

/** The profiles of `--profile`, comma-separated. */
export function parseProfiles(text: string): ProfileName[] {
  return text.split(',').map((part) => {
    const name = part.trim() as ProfileName;
    if (profileNames.includes(name)) return name;
    throw new UsageError(`--profile: "${part}" is no profile`, { advice: `use ${profileNames.join('|')}` });
  });
}

/** One profile per replica, assigned in turn. */
export function deal(names: ProfileName[], wanted: number | undefined): ProfileName[] {
  const count = wanted ?? Math.max(2, names.length);
  if (count < names.length)
    throw new UsageError(`--replicas must be ${names.length} or more, not ${count}`, {
      advice: 'each profile needs a replica',
    });
  return Array.from({ length: count }, (_, index) => names[index % names.length] as ProfileName);
}
