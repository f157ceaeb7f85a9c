import { argValue, flagsOf, setArg } from '../../network/serve-args.js';

/** Merges two lists of arguments: the second list replaces arguments with the same flag, or adds them. */
export function mergeArgs(args: readonly string[], winning: readonly string[]): string[] {
  return flagsOf(winning).reduce<string[]>(
    (merged, flag) => {
      const value = argValue(winning, flag);
      return setArg(merged, flag, value === true ? undefined : value);
    },
    [...args],
  );
}
