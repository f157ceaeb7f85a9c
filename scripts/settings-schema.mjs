// The JSON Schema of `assay.yaml`, from the table of validate's options.

/** Longest text of an option. */
const LONGEST = 4096;
/** What flags that other commands have, too, look like. */
const SHARED = {
  node: {
    ...text(),
    description: 'network node, for example https://node3.gonka.ai; it tells when PoC comes',
  },
  reach: {
    ...list(),
    description: 'how this machine reaches a node: NODE=URL, as node1=http://127.0.0.1:8080',
  },
};

/**
 * @param {[string, any][]} options rows of `src/run/options.ts`
 * @returns {string} the file's text
 */
export function settingsSchema(options) {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'assay.schema.json',
    title: 'Options of a validation, each by the name of its flag (assay.yaml)',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(options.map(([name, row]) => [name, SHARED[name] ?? propertyOf(row)])),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** @param {any} row */
function propertyOf({ type, description, default: standard, range = {}, choices }) {
  const kind = {
    text: () => text(),
    texts: () => list(),
    number: () => number(range),
    switch: () => ({ type: 'boolean' }),
    choice: () => ({ enum: [...choices] }),
  }[type]();
  return { description, ...kind, ...(standard !== undefined && { default: standard }) };
}

function text() {
  return { type: 'string', minLength: 1, maxLength: LONGEST };
}

function list() {
  return { type: 'array', minItems: 1, maxItems: 1000, items: text() };
}

/** @param {{min?: number, above?: number, max?: number, integer?: boolean}} range */
function number({ min, above, max = 1_000_000_000, integer = false }) {
  return {
    type: integer ? 'integer' : 'number',
    ...(above === undefined ? { minimum: min } : { exclusiveMinimum: above }),
    maximum: max,
  };
}
