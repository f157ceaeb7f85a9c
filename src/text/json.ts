/**
 * A value as JSON, indented by two blanks: for the output of commands, and for files that people read too.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
