import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { accept } from '../../src/schemas/accept.js';

const ajv = new Ajv({ allowUnionTypes: true });
const nodes = ajv.compile({
  type: 'array',
  items: {
    type: 'object',
    properties: { size: { oneOf: [{ type: 'number' }, { enum: ['auto'] }] } },
    anyOf: [{ required: ['file'] }, { required: ['id', 'url'] }],
  },
});

it.each([
  [[{}], "nodes: /0 must have one of 'file', 'id'"],
  [[{ id: 'a' }], "nodes: /0 must have one of 'file', 'url'"],
  [[{ file: 'a', size: 'big' }], 'nodes: /0/size must be number, /0/size must be one of ["auto"]'],
  [[7], 'nodes: /0 must be object'],
])('tells what %j lacks without the words of the schema', (value, message) => {
  expect(() => accept(nodes, value, 'nodes')).toThrow(message);
});
