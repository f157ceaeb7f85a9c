/**
 * GPUs of one replica: tensor parallel times pipeline parallel. Each is read as two tokens (flag and value),
 * as the node does.
 */
export function gpusPerReplica(args: readonly string[]): number {
  return tokenAfter(args, '--tensor-parallel-size') * tokenAfter(args, '--pipeline-parallel-size');
}

function tokenAfter(args: readonly string[], flag: string): number {
  const index = args.lastIndexOf(flag);
  const value = index < 0 ? 1 : Number(args[index + 1]);
  return Number.isInteger(value) && value > 0 ? value : 1;
}
