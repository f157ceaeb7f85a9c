import { argValue, flagsOf, setArg } from '../../network/serve-args.js';

/** Arguments with those of somebody who wins put in the place of the same flags, or added. */
export function mergeArgs(args: readonly string[], winning: readonly string[]): string[] {
  return flagsOf(winning).reduce<string[]>(
    (merged, flag) => {
      const value = argValue(winning, flag);
      return setArg(merged, flag, value === true ? undefined : value);
    },
    [...args],
  );
}
