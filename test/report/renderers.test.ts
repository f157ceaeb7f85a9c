import { describe, expect, it } from 'vitest';
import { type ReportFormat, renderers } from '../../src/report/renderers.js';
import { emptyRun, hostileRun, runFixture } from '../support/run-fixture.js';

const runs = {
  honest: runFixture(),
  'one-bad-replica': runFixture({ replicas: ['honest', 'unrelated'] }),
  'left-out': runFixture({ replicas: ['exact', 'missing'] }),
  incomplete: emptyRun(),
};
const extensions = { text: 'txt', markdown: 'md', junit: 'xml', github: 'txt' } as const;
const cases = Object.entries(runs).flatMap(([name, run]) =>
  (Object.keys(extensions) as (keyof typeof extensions)[]).map((format) => ({ name, run, format })),
);

describe('renderers', () => {
  it.each(cases)('$format of a run: $name', async ({ name, run, format }) => {
    const rendered = await renderers[format](run);
    await expect(rendered).toMatchFileSnapshot(`snapshots/${name}.${format}.${extensions[format]}`);
  });

  it('json is the report', async () => {
    expect(JSON.parse(await renderers.json(runs.honest))).toEqual(
      JSON.parse(JSON.stringify(runs.honest.report)),
    );
  });

  it.each(['html', 'markdown', 'junit', 'github', 'text'] satisfies ReportFormat[])(
    '%s is the same for the same run',
    async (format) => {
      expect(await renderers[format](runs.honest)).toBe(await renderers[format](runs.honest));
    },
  );
});

describe('hostile text', () => {
  it('never starts a workflow command of its own', async () => {
    const lines = (await renderers.github(hostileRun())).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^:,]*::/);
    expect(lines[0]).toContain('%0A::error::owned%0A');
  });

  it('stays text in Markdown', async () => {
    const markdown = await renderers.markdown(hostileRun());
    const prose = markdown.replace(/```sh[\s\S]*$/, '');
    expect(prose).not.toMatch(/(?<!\\)<(script|img)/);
    expect(prose).not.toMatch(/(?<!\\)\[x\]\(/);
    expect(prose).not.toContain('@everyone');
  });
});
