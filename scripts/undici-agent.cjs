// Bundled in place of `undici`: the client alone. The whole package, with its fetch, WebSocket, caches and
// mocks, takes five times as long to load, in every worker thread again.
const Agent = require('undici/lib/dispatcher/agent.js');
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

Dispatcher.prototype.request = require('undici/lib/api/api-request.js');
module.exports = { Agent };
