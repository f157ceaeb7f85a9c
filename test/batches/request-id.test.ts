import { describe, expect, it } from 'vitest';
import { isRequestId, replicaOf } from '../../src/batches/request-id.js';

describe('request ids', () => {
  it('names the replica by its port', () => {
    expect(replicaOf('5001:0b5c7a4e-3f2d-4a57-9a7f-7f0f2d3b9a11')).toBe(5001);
  });

  it.each([
    '../../x',
    '5001:../admin',
    '5001:a/b',
    '5001:',
    '5001:a?b',
    '70000:abc',
    '0:abc',
    '5001:a b',
    '5001:%2e',
    '',
  ])('lets %j become no part of a URL', (text) => {
    expect(isRequestId(text)).toBe(false);
    expect(replicaOf(text)).toBeNull();
  });
});
