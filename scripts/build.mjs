// Compiles the JSON Schemas to validators, then TypeScript to dist/: tsc checks and writes the types,
// esbuild writes the code. What is made of many files is bundled: a start would otherwise read each of them.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { compileSchemas } from './compile-schemas.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { dependencies } = require('../package.json');
/** The compiler in native code: a third of the processor time. */
const tsc = fileURLToPath(new URL('bin/tsc', pathToFileURL(require.resolve('typescript-7/package.json'))));

/** Each is made of dozens of files: in one they load several times faster. */
const BUNDLED = ['yargs', 'undici', 'ndarray', 'yaml', 'execa'];
/** Modules of which the bundle takes less than the package holds. */
const lighter = {
  name: 'lighter',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      /cli-(?:table3|progress)/.test(importer) ? undefined : { path: `${root}scripts/string-width.mjs` },
    );
    // undici takes it for absent, as in a Node that was built without it: no node speaks HTTP/2 to us.
    build.onResolve({ filter: /^node:http2$/ }, () => ({ path: `${root}scripts/no-http2.cjs` }));
    build.onResolve({ filter: /^undici$/ }, ({ importer }) => ({
      path: `${root}scripts/undici-${importer.endsWith('proxy-agent.ts') ? 'proxy' : 'agent'}.cjs`,
    }));
  },
};

await compileSchemas(root);
/** @type {import('esbuild').BuildOptions & { metafile: true }} */
const shared = {
  absWorkingDir: root,
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: Object.keys(dependencies)
    .filter((name) => !BUNDLED.includes(name))
    .flatMap((name) => [name, `${name}/*`]),
  plugins: [lighter],
  metafile: true,
  sourcemap: true,
  // Names and lines are enough for a stack trace; the text would double the package.
  sourcesContent: false,
  logLevel: 'warning',
};
const { metafile } = await build({
  ...shared,
  entryPoints: ['src/main.ts', 'src/index.ts', 'src/simulator/inferenced/main.ts'],
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
  // undici is CommonJS, and asks for Node's own modules by require.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
});
// The command that scripts start most often, in one file: chunks take a sixth more processor time to load. Only what starts
// threads from its own folder stays outside.
const { metafile: ofValidate } = await build({
  ...shared,
  entryPoints: ['src/main-validate.ts'],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  external: ['piscina'],
  // Its lines can be read as they are.
  sourcemap: false,
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
// Threads are CommonJS, each in one file: Node 20 aborts the process (`IsGraphAsync must be used on an
// instantiated module`) when a thread is ended while it links ES modules.
const { metafile: ofThreads } = await build({
  ...shared,
  entryPoints: ['src/probe/worker.ts', 'src/compare/worker.ts'],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
});
// Chunks are named by their content: those of earlier builds would be packed along.
for (const name of readdirSync(`${root}dist/chunks`)) {
  if (metafile.outputs[`dist/chunks/${name}`] === undefined) rmSync(`${root}dist/chunks/${name}`);
}
writeNotices(Object.keys({ ...metafile.inputs, ...ofValidate.inputs, ...ofThreads.inputs }));
// Of earlier builds, which had threads as ES modules.
for (const name of ['probe/worker.js', 'probe/worker.js.map', 'compare/worker.js', 'compare/worker.js.map']) {
  rmSync(`${root}dist/${name}`, { force: true });
}
rmSync(`${root}dist/.tsbuildinfo`, { force: true });
chmodSync(`${root}dist/main.js`, 0o755);
try {
  execFileSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { cwd: root, stdio: 'inherit' });
} catch {
  process.exit(1);
}

/**
 * The licences of the packages whose code is in the bundle ask for their notices to be passed on with it.
 * @param {string[]} inputs files that were bundled
 */
function writeNotices(inputs) {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
    const files = readdirSync(`${root}${folder}`).filter((file) =>
      /^(?:licen[cs]e|notice|copying)/i.test(file),
    );
    const texts = files.map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  writeFileSync(`${root}dist/THIRD_PARTY_NOTICES.txt`, `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
