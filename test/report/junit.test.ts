import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderJunit } from '../../src/report/junit.js';
import { resolveStatTest } from '../../src/run/thresholds.js';
import { emptyRun, hostileRun, runFixture } from '../support/run-fixture.js';

/** What reads JUnit: Ant's form by its strict reading, and the schema that Jenkins publishes. */
const SCHEMAS = ['junit-ant.xsd', 'junit-jenkins.xsd'];

const statTestOf = (dist_threshold: number) =>
  resolveStatTest([{ source: 'test', values: { dist_threshold, p_mismatch: 0.1, fraud_threshold: 0.05 } }]);

/** What a schema objects to, over documents by name. */
async function faultsOf(schema: string, documents: Record<string, string>): Promise<string[]> {
  const contents = readFileSync(new URL(`../oracles/${schema}`, import.meta.url), 'utf8');
  const { errors } = await validateXML({
    xml: Object.entries(documents).map(([fileName, contents]) => ({ fileName, contents })),
    schema: { fileName: schema, contents },
  });
  return errors.map(({ rawMessage }) => rawMessage);
}

describe('renderJunit', () => {
  it.each(SCHEMAS)('is valid by %s, whatever came of the run', async (schema) => {
    const documents = {
      'honest.xml': renderJunit(runFixture()),
      'bad-replica.xml': renderJunit(runFixture({ replicas: ['honest', 'unrelated'] })),
      'left-out.xml': renderJunit(runFixture({ replicas: ['exact', 'missing'] })),
      'measured-nothing.xml': renderJunit(emptyRun()),
      'hostile.xml': renderJunit(hostileRun()),
    };
    expect(await faultsOf(schema, documents)).toEqual([]);
    const [broken] = Object.values(documents).map((xml) => xml.replace(/ name="validation"/, ''));
    expect(await faultsOf(schema, { 'broken.xml': broken as string })).toEqual([
      expect.stringContaining("attribute 'name' is required"),
    ]);
  });

  it('has no dot in a class name but the one between model and suite', () => {
    const names = [...renderJunit(runFixture()).matchAll(/classname="([^"]*)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(name?.split('.')).toHaveLength(2);
    expect(names[0]).toContain('moonshotai/Kimi-K2_6');
  });

  it('lists the mismatches of a bad replica in its failure, and nobody else fails but the verdict', () => {
    const run = runFixture({ replicas: ['honest', 'unrelated'] });
    const xml = renderJunit(run);
    expect(xml.match(/<failure/g)).toHaveLength(2);
    const failure = /name="replica 5002" classname="[^"]*validation"[\s\S]*?<\/failure>/.exec(xml)?.[0] ?? '';
    const bad = run.observations.filter(({ mismatch }) => mismatch);
    expect(bad.length).toBeGreaterThan(50);
    for (const { nonce, l2 } of bad) {
      expect(failure).toContain(`nonce ${nonce}: distance, L2 ${l2?.toFixed(4)}`);
    }
  });

  it('lists the mismatches in the failure of the verdict where no replica fails by itself', () => {
    const run = runFixture({ replicas: ['int4', 'int4'], judging: { statTest: statTestOf(0.345) } });
    const { response, replicas } = run.report.validation ?? {};
    expect(response?.fraud_detected).toBe(true);
    expect(replicas?.map(({ fraud_detected }) => fraud_detected)).toEqual([false, false]);
    const xml = renderJunit(run);
    const [failure = ''] = /<failure[\s\S]*<\/failure>/.exec(xml) ?? [];
    expect(failure.match(/nonce \d+: distance, L2 /g)).toHaveLength(response?.n_mismatch ?? 0);
    expect(xml).not.toContain('tolerated');
  });

  it('keeps a build green when mismatches are tolerated', () => {
    const run = runFixture({ replicas: ['int4', 'int4'] });
    expect(run.report.verdict).toBe('PASS');
    expect(run.report.validation?.response.n_mismatch).toBeGreaterThan(0);
    const xml = renderJunit(run);
    expect(xml).not.toContain('<failure');
    expect(xml.match(/tolerated: nonce /g)).toHaveLength(run.report.validation?.response.n_mismatch ?? 0);
  });
});
