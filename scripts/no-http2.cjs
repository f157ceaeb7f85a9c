// Bundled in place of `node:http2`, which takes as long to load as all of undici's client.
throw new Error('HTTP/2 is left out');
