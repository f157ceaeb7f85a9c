/** `PORT:UUID`. Only a request id of this form ever becomes part of a URL. */
const FORM = /^(\d{1,5}):([A-Za-z0-9_-]{1,128})$/;

/** Whether the text is a request id that may be used in a URL. */
export function isRequestId(text: string): boolean {
  return FORM.test(text) && replicaOf(text) !== null;
}

/** Port of the replica that a request id names; null where it names none. */
export function replicaOf(requestId: string): number | null {
  const port = Number(FORM.exec(requestId)?.[1]);
  return port >= 1 && port <= 65535 ? port : null;
}
