import type { Endpoint } from './endpoints/endpoint.js';

const API = '/api/v1';
/** nginx in front of the node accepts a version, as in `/v3.0.8/api/v1/state`. */
const VERSION = /^\/v\d+(?:\.\d+)*(?=\/)/;

/** The endpoint of a path, and its last part where that is variable. */
export interface Match {
  endpoint: Endpoint;
  rest: string;
}

/** Finds the endpoints of a path, for all methods. */
export class Router {
  /** @param segment a `poc_segment` that paths have after the version */
  constructor(
    private readonly endpoints: readonly Endpoint[],
    private readonly segment: string,
  ) {}

  match(path: string): Match[] {
    // The OpenAI protocol has its own version.
    const unversioned = path.startsWith(`${this.segment}/v1/`) ? path : path.replace(VERSION, '');
    if (!unversioned.startsWith(this.segment)) return [];
    const local = unversioned.slice(this.segment.length);
    return this.endpoints.flatMap((endpoint) => {
      const pattern = endpoint.root ? endpoint.path : API + endpoint.path;
      const open = pattern.indexOf('{');
      if (open < 0) return local === pattern ? [{ endpoint, rest: '' }] : [];
      const start = pattern.slice(0, open);
      return local.startsWith(start) && local.length > open
        ? [{ endpoint, rest: decoded(local.slice(open)) }]
        : [];
    });
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
