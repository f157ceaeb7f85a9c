import { describe, expect, it } from 'vitest';
import { hostFault } from '../../src/network/node-host.js';
import { addressOf, mlNodeUrl, parseReach, reachAdvice, requireReachOf } from '../../src/network/reach.js';

const node = { id: 'node1', host: 'inference', poc_port: 8080 };

describe('how a node is reached', () => {
  it('is what the network node knows, with the host taken out of whatever it stands in', () => {
    expect(mlNodeUrl({ host: 'fd00::1', poc_port: 8080 })).toBe('http://[fd00::1]:8080');
    expect(mlNodeUrl({ host: '[fd00::1]', poc_port: 8080 })).toBe('http://[fd00::1]:8080');
    expect(mlNodeUrl({ host: 'http://10.0.0.21:9/x', poc_port: 8080 })).toBe('http://10.0.0.21:8080');
    expect(mlNodeUrl({ host: 'h', poc_port: 8080, poc_segment: 'v3/' })).toBe('http://h:8080/v3');
  });

  it('is what --reach says, with the segment of the config unless the URL has a path of its own', () => {
    const reach = parseReach(['node1=http://127.0.0.1:8080/', 'a=b=https://x.example:1/v3.0.8']);
    expect(reach).toEqual({ node1: 'http://127.0.0.1:8080', 'a=b': 'https://x.example:1/v3.0.8' });
    expect(addressOf(node, reach)).toBe('http://127.0.0.1:8080');
    expect(addressOf({ ...node, poc_segment: '/v3' }, reach)).toBe('http://127.0.0.1:8080/v3');
    expect(addressOf({ ...node, id: 'a=b', poc_segment: '/v3' }, reach)).toBe('https://x.example:1/v3.0.8');
    expect(addressOf({ ...node, id: 'node2' }, reach)).toBe('http://inference:8080');
    expect(addressOf({ ...node, id: 'constructor' }, {})).toBe('http://inference:8080');
  });

  it('is refused in another form, without telling what may be a password', () => {
    expect(() => parseReach(['http://user:hush@127.0.0.1'])).toThrow(/NODE=URL/);
    expect(() => parseReach(['node1=127.0.0.1:8080'])).toThrow(/NODE=URL/);
    expect(() => parseReach(['node1=http://u:hush@h:1?x'])).toThrow(/^(?!.*hush).*query/);
    expect(() => parseReach(['a=http://h:1', 'a=http://h:2'])).toThrow(/twice/);
    expect(() => requireReachOf(parseReach(['nod1=http://h:1']), ['node1'])).toThrow(/no such node/);
  });

  it('is advised in the words of the command at hand', () => {
    expect(reachAdvice(node, 'flag')).toContain('--reach node1=http://127.0.0.1:8080');
    expect(reachAdvice(node, 'file')).toContain('`url: http://127.0.0.1:8080` at node1');
  });

  it('says the right form of a host', () => {
    expect(hostFault('inference')).toBeUndefined();
    expect(hostFault('http://10.0.0.21:8080/v3')).toBe(
      'host has a scheme, a port and a path: write "host": "10.0.0.21", the name or address alone',
    );
    expect(hostFault('[fd00::1]:8080')).toContain('"host": "[fd00::1]"');
    expect(hostFault('http://u:hush@h')).not.toContain('hush');
  });
});
