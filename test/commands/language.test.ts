import { describe, expect, it } from 'vitest';
import { renderPage } from '../../src/report/html/page.js';
import { useLanguage } from '../../src/text/language.js';
import { assay, assayHere } from '../support/assay.js';
import { runFixture } from '../support/run-fixture.js';

const run = 'test/validate/earlier-runs/finished';
const reference = 'test/validate/earlier-runs/reference.json';

describe('the command line in Chinese', () => {
  it.each([[['--lang', 'zh']], [['help', '--lang=zh']]])(
    'lists the commands and exit codes for %j',
    async (args) => {
      const { stdout, exitCode } = await assayHere(args);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^检查节点：$/m);
      expect(stdout).toMatch(/^ {2}validate {2}用参考验证已部署的 ML 节点$/m);
      expect(stdout).toMatch(/^退出码：$/m);
    },
  );

  it('has the options of a validation in Chinese', async () => {
    const { stdout } = await assayHere(['validate', '--help', '--lang', 'zh']);
    expect(stdout).toMatch(/--threshold .*L2 距离高于此值的 nonce 为不匹配/);
    expect(stdout).toMatch(/^参考与阈值：$/m);
  });

  it('judges in Chinese, and gives programs the same JSON', async () => {
    const args = ['judge', run, '--reference', reference];
    const [text, json, english] = await Promise.all([
      assay(args, { env: { ASSAY_LANG: 'zh' } }),
      assayHere([...args, '--lang', 'zh', '--json']),
      assayHere([...args, '--json']),
    ]);
    expect(text.stdout).toContain('结论：FAIL');
    expect(text.stdout).toMatch(/32 个中有 16 个不匹配（上限 1），全部在副本 5002/);
    expect(text.stdout).toContain('诊断：一个副本与其他副本不同');
    expect(json.stdout).toBe(english.stdout);
    expect(text.exitCode).toBe(2);
  });

  it('prints Markdown as it is in a file: it is pasted elsewhere', async () => {
    const args = ['report', run, '--format', 'markdown'];
    const english = await assayHere(args);
    expect((await assayHere([...args, '--lang', 'zh'])).stdout).toBe(english.stdout);
    expect(english.stdout).toMatch(/^## .*FAIL/m);
  });

  it('says an error in Chinese, and refuses a language that it has not', async () => {
    expect((await assay(['valdate', '--lang', 'zh'])).stderr).toMatch(/没有“assay valdate”这个命令/);
    const other = await assayHere(['golden', 'list', '--lang', 'fr']);
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toContain('lang: "fr" is not one of en, zh');
  });
});

describe('the page of a run in Chinese', () => {
  it('is one in its words, and the values stay', async () => {
    await useLanguage('zh');
    try {
      const page = await renderPage(runFixture({ replicas: ['honest', 'unrelated'] }));
      expect(page).toContain('<html lang="zh-CN">');
      const text = page.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<[^>]*>/g, '\n');
      for (const each of ['距离的分布', '该怎么做', '一个副本与其他副本不同', '平均 L2', '参考向量没有关系'])
        expect(text).toContain(each);
      expect(text).not.toMatch(/Distribution of the distances|What to do|mean L2/);
      expect(text).toContain('moonshotai/Kimi-K2.6');
    } finally {
      await useLanguage('en');
    }
  });
});
