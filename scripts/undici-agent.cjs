// Bundled in place of `undici`: the client alone. The whole package, with its fetch, WebSocket, caches and
// mocks, takes five times as long to load, in every worker thread again.
const { setFlagsFromString } = require('node:v8');
const Agent = require('undici/lib/dispatcher/agent.js');
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

Dispatcher.prototype.request = require('undici/lib/api/api-request.js');

/**
 * undici's parser of HTTP, which is WebAssembly, compiled once and not optimized. V8 would optimize its one
 * large function after some hundred answers, on another thread: 0.1 s of processor time and 25 MiB in every
 * run, and no run is faster for it. V8 compiles the same code only once a process: undici finds this one.
 * @type {WebAssembly.Module | null | undefined}
 */
let parser;

function compileParser() {
  // Only while the parser is compiled: with another flag than at the start, Node does not use the compiled
  // form of its own modules.
  setFlagsFromString('--liftoff-only');
  try {
    return new WebAssembly.Module(require('undici/lib/llhttp/llhttp_simd-wasm.js'));
  } catch {
    // Without SIMD undici takes its other parser.
    return null;
  } finally {
    setFlagsFromString('--no-liftoff-only');
  }
}

class LightAgent extends Agent {
  /**
   * @param {import('undici').Dispatcher.DispatchOptions} options
   * @param {import('undici').Dispatcher.DispatchHandler} handler
   */
  dispatch(options, handler) {
    if (parser === undefined) parser = compileParser();
    return super.dispatch(options, handler);
  }
}

module.exports = { Agent: LightAgent };
