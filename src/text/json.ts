/** A value as commands print it for programs, and as files keep it for people to read: indented by two blanks. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
