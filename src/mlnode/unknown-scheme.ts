import { AssayError } from '../errors.js';
import { HttpFault } from '../http/fault.js';

/** A build that knows no decode scheme refuses its parameters as unknown keys. */
export function isUnknownScheme(failure: unknown): failure is HttpFault {
  return (
    failure instanceof HttpFault &&
    failure.status === 422 &&
    /params\.(?:decode|scheme|max_tokens)/.test(failure.message)
  );
}

/** The failure of a request, with a name where the node's build does not know the decode scheme. */
export function namedIfUnknownScheme(failure: unknown): unknown {
  if (!isUnknownScheme(failure)) return failure;
  return new AssayError(
    "the node's build does not know the decode scheme: it refuses the parameters of the request",
    {
      advice: 'validate it against a prefill reference, or install a build that decodes',
      cause: failure,
    },
  );
}
