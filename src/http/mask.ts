/** Hides the credentials of every URL in a text: `http://user:pass@host` becomes `http://***@host`. */
export function maskSecrets(text: string): string {
  // Up to the last @ before the path: a password with an @ of its own is no valid URL, and yet no less secret.
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/"'`<>]+@/gi, '$1***@');
}
