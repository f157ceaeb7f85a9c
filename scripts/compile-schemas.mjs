// Turns every JSON Schema into a validator module at build time: a command then starts without compiling
// any, and loads only the ones it uses. Schemas for people's editors live in artifacts/schemas/, those of
// answers from nodes and chain beside their client in src/schemas/.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { build, transform } from 'esbuild';
import { settingsSchema } from './settings-schema.mjs';

/** @param {string} root the project's folder, with a trailing slash */
export async function compileSchemas(root) {
  const out = `${root}src/schemas/generated/`;
  mkdirSync(out, { recursive: true });
  const options = await optionsTable(root);
  writeIfChanged(`${root}artifacts/schemas/assay.schema.json`, settingsSchema(options));
  const files = [`${root}artifacts/schemas/`, `${root}src/schemas/`].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.schema.json'))
      .map((name) => folder + name),
  );
  const schemas = files.map((file) => ({
    name: basename(file, '.schema.json'),
    schema: JSON.parse(readFileSync(file, 'utf8')),
  }));
  addOptions(schemas.find(({ name }) => name === 'fleet-job').schema, options);
  for (const { name, schema } of schemas) {
    const ajv = new Ajv2020({
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
      // A definition is a function, and not written again wherever it is referred to.
      inlineRefs: false,
      code: { source: true, esm: true },
    });
    addFormats.default(ajv);
    for (const other of schemas) if (other.schema !== schema) ajv.addSchema(other.schema);
    writeIfChanged(
      `${out}${name}.js`,
      await selfContained(standaloneCode.default(ajv, ajv.compile(schema)), root),
    );
    writeIfChanged(
      `${out}${name}.d.ts`,
      "import type { ValidateFunction } from 'ajv';\ndeclare const validate: ValidateFunction;\nexport default validate;\n",
    );
  }
}

/**
 * The table of the options of a validation, before anything is built.
 * @param {string} root
 * @returns {Promise<[string, any][]>}
 */
async function optionsTable(root) {
  const { code } = await transform(readFileSync(`${root}src/run/options.ts`, 'utf8'), { loader: 'ts' });
  const { validateOptions } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return validateOptions;
}

/**
 * Puts the options of a validation, as far as each travels by itself, into the schema of a job in the queue.
 * @param {any} schema of a job: what several options make together is in it already
 * @param {[string, any][]} options
 */
function addOptions(schema, options) {
  const { properties } = schema.properties.options;
  for (const [, { travels, type, range, choices }] of options) {
    const [where, name, ...inner] = travels?.split('.') ?? [];
    if (where !== 'options' || inner.length > 0 || Object.hasOwn(properties, name)) continue;
    const number = { type: range?.integer === true ? 'integer' : 'number' };
    properties[name] = {
      text: { type: 'string' },
      switch: { type: 'boolean' },
      number,
      choice: { enum: choices },
    }[type];
  }
}

/**
 * Puts ajv's runtime helpers into the validator, so that the module needs nothing else, and makes it small: a start
 * takes as long as it has code to read.
 * @param {string} code
 * @param {string} root
 */
async function selfContained(code, root) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    write: false,
    banner: { js: '// Generated from its JSON Schema by scripts/compile-schemas.mjs.' },
  });
  return outputFiles[0].text;
}

/**
 * Leaves an unchanged file alone, so that the incremental build has nothing to do.
 * @param {string} path
 * @param {string} text
 */
function writeIfChanged(path, text) {
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    // not there yet
  }
  writeFileSync(path, text);
}
