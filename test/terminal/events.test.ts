import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { schemaFile } from '../../src/paths.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { asksForEvents } from '../../src/terminal/events.js';
import { assayHere } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';

const MODEL = 'Qwen/Qwen3-0.6B';
const temp = useTempFolder();

const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
addFormats.default(ajv);
const isEvent = ajv.compile(JSON.parse(readFileSync(schemaFile('progress-event'), 'utf8')));

/** The lines of stderr as events, each of which the published schema takes. */
function eventsOf(stderr: string): Record<string, unknown>[] {
  return stderr.split('\n').map((line) => {
    const event = JSON.parse(line) as Record<string, unknown>;
    expect(isEvent(event), `${line}\n${ajv.errorsText(isEvent.errors)}`).toBe(true);
    return event;
  });
}

let node: MlNodeSimulator;
beforeAll(async () => {
  node = await startMlNodeSimulator({
    replicas: ['honest', 'honest'],
    golden: await findGolden(MODEL),
    model: MODEL,
    batchTimeMs: 5,
  });
});
afterAll(() => node.close());

const validate = (...more: string[]) =>
  assayHere(['validate', '--mlnode-url', node.url, '--model', MODEL, '--skip-throughput', ...more]);

describe('--progress json', () => {
  it('tells a validation as events of the published schema', async () => {
    const folder = temp.path('run');
    const { stdout, stderr, exitCode } = await validate('--exp-dir', folder, '--progress', 'json', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'PASS' });
    const events = eventsOf(stderr);
    const phases = events.flatMap(({ event, phase }) => (event === 'phase' ? [phase] : []));
    expect(phases).toEqual(expect.arrayContaining(['preflight', 'probe', 'self-check', 'verdict']));
    const probed = events.filter(({ event, phase }) => event === 'progress' && phase === 'probe').at(-1);
    expect(probed?.['done']).toBe(probed?.['total']);
    expect(probed?.['parts']).toHaveLength(2);
    expect(events.slice(-2)).toMatchObject([
      { event: 'run_ended', verdict: 'PASS', folder, exit_code: 0 },
      { event: 'ended', exit_code: 0 },
    ]);
  });

  it.each([
    [['validate', '--progress=json', '--nope']],
    [['nonsense', '--progress', 'json']],
    [['golden', 'show', 'none', '--progress', 'json']],
  ])('tells an error as one, and the exit code last: %j', async (words) => {
    const { stderr, exitCode } = await assayHere(words);
    expect(exitCode).toBe(1);
    expect(eventsOf(stderr)).toMatchObject([{ event: 'error' }, { event: 'ended', exit_code: 1 }]);
  });

  it('is asked for by the last flag, or else by the environment', () => {
    expect(asksForEvents(['validate', '--progress', 'json'], {})).toBe(true);
    expect(asksForEvents(['validate', '--progress=json', '--progress=text'], {})).toBe(false);
    expect(asksForEvents(['validate', '--progress=text'], { ASSAY_PROGRESS: 'json' })).toBe(false);
    expect(asksForEvents(['validate'], { ASSAY_PROGRESS: 'json' })).toBe(true);
    expect(asksForEvents(['validate'], {})).toBe(false);
  });
});
