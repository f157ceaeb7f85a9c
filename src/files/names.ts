/** The file name of a model's reference: lower case, with what a path cannot hold turned into dashes. */
export function safeModelName(model: string): string {
  return model
    .toLowerCase()
    .replaceAll(/[/\\:\s]/g, '-')
    .replaceAll(/-+/g, '-');
}

export function timeStamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '');
}
