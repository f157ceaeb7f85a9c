import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * What has no type, and who bounds it: a value of any form is evidence there (a vector that is no text is a bad
 * vector), is cut by `detailOf`, or is only looked at for being there.
 */
const UNTYPED = new Set([
  'chain-participants/seed',
  'mlnode-generate/error',
  'mlnode-generate/vector_b64',
  'mlnode-generate/k_points_steps',
  'mlnode-pow-init/error',
  'mlnode-pow-status/detail',
]);

type Schema = Record<string, unknown>;

const files = ['artifacts/schemas', 'src/schemas'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.schema.json'))
    .map((name) => join(folder, name)),
);

/** Places in a schema that take more than a bound tells. */
function unbounded(file: string): string[] {
  const name = file.replace(/^.*\/|\.schema\.json$/g, '');
  const found: string[] = [];
  const need = (place: string, schema: Schema, ...alternatives: string[]) => {
    if (!alternatives.some((key) => schema[key] !== undefined))
      found.push(`${place} has no ${alternatives.join(' or ')}`);
  };
  walk(JSON.parse(readFileSync(file, 'utf8')) as Schema, name);
  return found;

  function walk(schema: Schema, place: string): void {
    const types = [schema['type']].flat();
    const isClosed = ['enum', 'const', '$ref'].some((key) => schema[key] !== undefined);
    if (!isClosed) {
      if (types.includes('number') || types.includes('integer')) {
        need(place, schema, 'minimum', 'exclusiveMinimum');
        need(place, schema, 'maximum', 'exclusiveMaximum');
      }
      if (types.includes('string')) need(place, schema, 'maxLength');
      if (types.includes('array')) need(place, schema, 'maxItems');
      const isMap = typeof schema['additionalProperties'] === 'object';
      if (types.includes('object') && (schema['properties'] === undefined || isMap))
        need(place, schema, 'maxProperties');
    }
    for (const key of ['properties', '$defs', 'patternProperties']) {
      for (const [property, inner] of Object.entries((schema[key] ?? {}) as Record<string, Schema>)) {
        const says = Object.keys(inner).filter((word) => word !== 'description');
        if (says.length === 0 && !UNTYPED.has(`${name}/${property}`))
          found.push(`${place}/${property} has no type`);
        walk(inner, `${place}/${property}`);
      }
    }
    // The branches of if, then and else only say more of what a place besides them takes.
    for (const key of ['items', 'additionalProperties', 'contains']) {
      if (typeof schema[key] === 'object') walk(schema[key] as Schema, `${place}/${key}`);
    }
    for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
      for (const [at, inner] of ((schema[key] ?? []) as Schema[]).entries())
        walk(inner, `${place}/${key}/${at}`);
    }
  }
}

describe('schemas of what comes from outside', () => {
  it('are many', () => expect(files.length).toBeGreaterThan(40));

  it.each(files)('%s bounds each number, text, list and map on both sides', (file) => {
    expect(unbounded(file)).toEqual([]);
  });
});
