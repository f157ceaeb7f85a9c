// Bundled in place of `undici` where a proxy is used: its agent alone, loaded when the environment names one.
const ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js');
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

Dispatcher.prototype.request = require('undici/lib/api/api-request.js');
Dispatcher.prototype.connect = require('undici/lib/api/api-connect.js');
module.exports = { ProxyAgent };
