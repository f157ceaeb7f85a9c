import { afterEach, describe, expect, it } from 'vitest';
import { collectMessages } from '../../scripts/messages/collect.js';
import { templatesToTranslate } from '../../scripts/messages/scope.js';
import { CHECK_NAMES } from '../../src/accept/model.js';
import english from '../../src/text/lang/en.json' with { type: 'json' };
import chinese from '../../src/text/lang/zh.json' with { type: 'json' };
import { inLanguage, languageOf, linesInLanguage, useLanguage } from '../../src/text/language.js';
import { displayWidth } from '../../src/text/width.js';

const known: Record<string, string> = chinese;
const placeholders = (text: string) => new Set(text.match(/\{\d+\}/g) ?? []);
/** Values that no catalogue knows. */
const filled = (text: string) => filledAs(text, text);

afterEach(() => useLanguage('en'));

describe('the catalogues', () => {
  it('have every sentence of the sources that is to be translated (npm run messages -- --write)', () => {
    expect(Object.keys(english)).toEqual(templatesToTranslate(collectMessages()));
  });

  it('have the same keys in every language', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
  });

  it('name no value that the English sentence has not', () => {
    const strange = Object.entries(known).filter(([text, translation]) =>
      [...placeholders(translation)].some((one) => !placeholders(text).has(one)),
    );
    expect(strange).toEqual([]);
  });
});

/** A translation with the values that `filled` gives its English template. */
function filledAs(text: string, translation: string): string {
  const numbers = new Set(
    [
      ...text.matchAll(/\{(\d+)\}(?=\{)/g),
      ...(known[text] ?? '').matchAll(/\{(\d+)\} ?[个次条块对项台份种秒步]/g),
    ].map(([, number]) => number),
  );
  return translation.replaceAll(
    /\{(\d+)\}/g,
    (_, number: string) => `${numbers.has(number) ? '4' : 'X'}${number}`,
  );
}

/** Text without the signs and blanks between words, which differ. */
const words = (text: string) => text.replaceAll(/[\s：；，。（）:;,.()]+/g, '');

describe('a message in Chinese', () => {
  it('is found by its own template, and by no other', async () => {
    await useLanguage('zh');
    const strange = Object.entries(known)
      .map(([text, translation]) => [words(inLanguage(filled(text))), words(filledAs(text, translation))])
      .filter(([got, wanted]) => got !== wanted);
    expect(strange).toEqual([]);
  });

  /** Columns stand alone in their line; the others have a command before which nothing stands, or after which nothing does. */
  const ALONE = / {2}|^assay /;
  /** Two templates that fit the same words. */
  const ALIKE = ['{1} of {2}', '{1} of {2} mismatches', '1: all separated, 0.5: none'];
  const beside = Object.entries(known).filter(([text]) => !ALONE.test(text) && !ALIKE.includes(text));

  it.each([
    ['behind the name of a node', (text: string) => `node9: ${text}`, (text: string) => `node9：${text}`],
    ['before advice', (text: string) => `${text}; correct that`, (text: string) => `${text}；请更正`],
  ])('is found by its own template %s', async (_, put, putChinese) => {
    await useLanguage('zh');
    const strange = beside
      .map(([text, shown]) => [
        words(inLanguage(put(filled(text)))),
        words(putChinese(filledAs(text, shown))),
      ])
      .filter(([got, wanted]) => got !== wanted);
    expect(strange).toEqual([]);
  });

  it('is not found where a value would begin inside a bracket', async () => {
    await useLanguage('zh');
    const text = 'the validation result is FAIL (96 of 200 mismatches, all on replica 5002), run in runs/x';
    expect(inLanguage(text)).not.toContain('FAIL (96 个');
    expect(inLanguage('PASS (0 of 200 mismatches, p-value 1.00)')).not.toContain('PASS (0 个');
  });

  it('takes its values along, each in Chinese where it is a message itself', async () => {
    await useLanguage('zh');
    expect(inLanguage('96 of 200 mismatches (limit 27), all on replica 5002; p = 1.5e-42 (limit 0.05)')).toBe(
      '200 个中有 96 个不匹配（上限 27），全部在副本 5002 上；p = 1.5e-42（上限 0.05）',
    );
  });

  it('takes no label for a name', async () => {
    await useLanguage('zh');
    expect(inLanguage('next: nothing to do')).toBe('下一步：无需处理');
  });

  it('leaves the name before a message where it is', async () => {
    await useLanguage('zh');
    expect(inLanguage('node1: 1 of 2 in rotation')).toBe('node1：2 个副本中 1 个在轮换中');
    expect(
      inLanguage('b1: FAIL: 9 of 20 mismatches (limit 2), 8 of them on replica 5002; p = 1 (limit 0.05)'),
    ).toBe('b1：FAIL：20 个中有 9 个不匹配（上限 2），其中 8 个在副本 5002 上；p = 1（上限 0.05）');
  });

  it('keeps the messages after it behind it, and the names of checks as they are', async () => {
    await useLanguage('zh');
    expect(
      inLanguage(
        'round ended, the next one at 17:40:35 UTC, in 56 s; 2 blocks were left before the next PoC',
      ),
    ).toBe('一轮结束，下一轮在 17:40:35 UTC，间隔 56 s；到下一次 PoC 还有 2 个区块');
    expect(inLanguage('serves after 4.8 s; node 3.0, vLLM 0.9')).toMatch(/^4\.8 s 后开始服务；节点 3\.0/);
    for (const name of CHECK_NAMES) expect(inLanguage(name)).toBe(name);
  });

  it.each([
    'assay node switch node1 --to verdict.json',
    '  $ assay node switch --resume runs/mismatches of 3',
    'ASSAY_NODE=https://x assay validate --model nonces of (limit)',
    'inferenced keys list --home reference',
    'assay lifecycle run nonces',
  ])('stays as it is where it is a command: %s', async (line) => {
    await useLanguage('zh');
    expect(inLanguage(line)).toBe(line);
  });

  it('keeps the command behind its label', async () => {
    await useLanguage('zh');
    const command = 'assay node switch node --to "verdict; nonces".json, or model';
    expect(inLanguage(`next: ${command}`)).toBe(`下一步：${command}`);
    expect(inLanguage(`Advice: $ ${command}`)).toBe(`建议：$ ${command}`);
    expect(inLanguage(`Advice: ${command}; 3 nonces`)).toBe(`建议：${command}；3 个 nonce`);
    expect(inLanguage(`a label of tomorrow: ${command}`)).toBe(`a label of tomorrow: ${command}`);
    const several = `Advice\n  ${command} \\\n  verdict`;
    expect(linesInLanguage(several)).toBe(several.replace('Advice', '建议'));
    expect(inLanguage('  assay judge verdict     reference')).toBe('  assay judge verdict     参考');
  });

  it('keeps the words of a command, of a flag and of a quotation inside a message', async () => {
    await useLanguage('zh');
    expect(
      inLanguage('what is stored on the chain stays: `assay tx clear model --from reference` removes it'),
    ).toBe('链上保存的内容不变：用 `assay tx clear model --from reference` 可以清除');
    expect(inLanguage('"assay node" needs reference')).toBe('“assay node”需要参考');
    expect(inLanguage('--model needs a value')).toBe('--model 需要一个值');
    expect(inLanguage('gonka1abc, weight 2400')).toBe('gonka1abc，权重 2400');
    expect(inLanguage('"reference" is no request id')).toBe('“reference”不是请求 id');
    expect(inLanguage('see the known models: assay chain models')).toBe('查看已知的模型：assay chain models');
    // A sentence of ours may begin with the name of the program.
    expect(inLanguage('assay could not finish')).toBe('assay 未能完成');
  });

  it('is whole in one language where it joins the findings of several nodes', async () => {
    await useLanguage('zh');
    expect(inLanguage('node1: 1 of 2 in rotation, node2: 3 of 20 mismatches')).toBe(
      'node1：2 个副本中 1 个在轮换中，node2：20 个中有 3 个不匹配',
    );
    const failed =
      'the validation result is FAIL (99 of 200 mismatches (limit 27), 96 of them on replica 5002; p = 1 (limit 0.05); 2 of 2 replicas tested), run in a/b';
    const shown =
      '验证结论为 FAIL（200 个中有 99 个不匹配（上限 27），其中 96 个在副本 5002 上；p = 1（上限 0.05）；2 个副本中检测了 2 个），运行在 a/b 中';
    expect(inLanguage(`node1: ${failed}; node2: ${failed}`)).toBe(`node1：${shown}；node2：${shown}`);
    const many = (text: string, joint: string) =>
      Array.from({ length: 20 }, (_, at) => `node${at}${text}`).join(joint);
    expect(inLanguage(many(`: ${failed}`, '; '))).toBe(many(`：${shown}`, '；'));
    const half = 'node1: 1 of 2 in rotation, node2: a finding of tomorrow';
    expect(inLanguage(half)).toBe(half);
  });

  it('is found though it has a semicolon itself and another message stands beside it', async () => {
    await useLanguage('zh');
    const advice = '`assay golden list` shows the references; a file is given by its path';
    const shown = '`assay golden list` 显示参考；文件用路径给出';
    expect(inLanguage(advice)).toBe(shown);
    expect(inLanguage(`3 nonces; ${advice}`)).toBe(`3 个 nonce；${shown}`);
    expect(inLanguage('GET http://a/b: cannot connect (ECONNREFUSED); waiting for it')).toBe(
      'GET http://a/b：无法连接（ECONNREFUSED）；正在等待',
    );
    expect(inLanguage(`${advice}; 3 nonces`)).toBe(`${shown}；3 个 nonce`);
  });

  it('keeps its number in a list, the name of its check, and the name of a command', async () => {
    await useLanguage('zh');
    expect(inLanguage('1. 3 nonces')).toBe('1. 3 个 nonce');
    expect(inLanguage('ok       weights           node1: 3 nonces')).toBe(
      'ok       weights           node1：3 个 nonce',
    );
    expect(inLanguage('Many nodes, and reports:')).toBe('多个节点与报告：');
    expect(inLanguage('  node list     nodes')).toBe('  node list     节点');
  });

  it('has its values in Chinese behind a label, and one blank only between Chinese and a word', async () => {
    await useLanguage('zh');
    expect(
      inLanguage(
        'evidence: replica 5002: mean L2 1.445 over 96 nonces; unrelated vectors of unit length are 1.39 apart',
      ),
    ).toBe('依据：副本 5002：96 个 nonce 的平均 L2 为 1.445；互不相关的单位长度向量相距 1.39');
    expect(inLanguage('replica 5001: 104 nonces, 358/s')).toBe('副本 5001：104 个 nonce，358/s');
    expect(inLanguage('verdict: PASS WITH WARNINGS')).toBe('结论：PASS WITH WARNINGS');
    expect(inLanguage('topology, build, batch and start arguments')).toBe('拓扑、构建、batch 和启动参数');
    expect(inLanguage("the node's own check: 3 nonces; 4 nodes.")).toBe('节点自检：3 个 nonce；4 个节点。');
    expect(inLanguage('GET http://a: cannot connect (ECONNREFUSED); 3 nonces (nodes/a)')).toBe(
      'GET http://a：无法连接（ECONNREFUSED）；3 个 nonce（nodes/a）',
    );
    expect(inLanguage('a sentence of tomorrow.')).toBe('a sentence of tomorrow.');
    expect(inLanguage('weights (node1: 3 nonces)')).toBe('weights（node1：3 个 nonce）');
    expect(inLanguage('GET http://a: HTTP 500 (3 nonces; {1} (verdict)); correct that')).toBe(
      'GET http://a: HTTP 500 (3 nonces; {1} (verdict))；请更正',
    );
  });

  it('is not half translated by a template of few words', async () => {
    await useLanguage('zh');
    const strange = 'node n1: this sentence is of tomorrow';
    expect(inLanguage(strange)).toBe(strange);
  });

  it('stays English where nobody has translated it, and where a program reads it', async () => {
    await useLanguage('zh');
    expect(inLanguage('a sentence of tomorrow')).toBe('a sentence of tomorrow');
    const json = JSON.stringify(
      { verdict_reason: 'no nonce was answered, so there is nothing to judge' },
      null,
      2,
    );
    expect(linesInLanguage(json)).toBe(json);
  });

  it('keeps colours, and columns in their places', async () => {
    await useLanguage('zh');
    expect(inLanguage('verdict: \u001b[31m\u001b[1mFAIL\u001b[22m\u001b[39m')).toBe(
      '结论：\u001b[31m\u001b[1mFAIL\u001b[22m\u001b[39m',
    );
    expect(displayWidth(inLanguage('verdict   x').split('x')[0] as string)).toBe('verdict   '.length);
  });

  it('takes no long for text from outside', async () => {
    await useLanguage('zh');
    const before = performance.now();
    for (const hostile of [
      'nonces mismatch, of (limit) ',
      'node1: one (of two); node2: some, ',
      'is: it (is: ',
    ])
      inLanguage(hostile.repeat(Math.floor(1_200 / hostile.length)));
    expect(performance.now() - before).toBeLessThan(15_000);
  });
});

describe('the language', () => {
  it.each([
    ['zh', {}, 'zh'],
    [undefined, { ASSAY_LANG: 'zh' }, 'zh'],
    [undefined, { LANG: 'zh_CN.UTF-8' }, 'zh'],
    [undefined, { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
    ['en', { LANG: 'zh_CN.UTF-8' }, 'en'],
    [undefined, { LC_ALL: '', LANG: 'zh_CN.UTF-8' }, 'zh'],
    [undefined, { LANG: 'pt_BR.UTF-8' }, 'en'],
  ])('asked for %s in %o is %s', (asked, env, language) => {
    expect(languageOf(asked, env)).toBe(language);
  });
});
