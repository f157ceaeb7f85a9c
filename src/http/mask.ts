/** Hides the credentials of every URL in a text: `http://user:pass@host` becomes `http://***@host`. */
export function maskSecrets(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'`]+(?::[^\s/@"'`]*)?@/gi, '$1***@');
}
