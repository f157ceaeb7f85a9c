import type { KnownPair, ModelFile } from '../../src/models/model-file.js';

/**
 * What is known of each model from the public record, as far as no vectors are at hand to compute it from.
 * Figures that were published as medians become means by MEAN_OF_MEDIAN, and are marked as estimates.
 */

/** Mean over median of honest and of quantised pairs: 1.05 to 1.1; of the one pair of GLM that is at hand 1.07. */
const MEAN_OF_MEDIAN = 1.075;

export type Published = Omit<ModelFile, 'schema_version' | 'limit'> & {
  /** Names of weights by the folder of a recording whose label is fraud. */
  recorded_weights?: { matches: string; name: string; repository: string }[];
};

function ofMedian(
  between: [string, string],
  differs: KnownPair['differs'],
  median: number,
  rest: Partial<KnownPair> & { source: string },
): KnownPair {
  return {
    between,
    differs,
    mean: Number((median * MEAN_OF_MEDIAN).toFixed(4)),
    median,
    estimate: true,
    ...rest,
  };
}

const KAITAKU_GLM = {
  source: 'kaitakuai/experiments, 2026-09/glm53-flash-* (Apache-2.0)',
  date: '2026-09',
};
const KAITAKU_DEEPSEEK = {
  source: 'kaitakuai/experiments, 2026-08/deepseek-v4-flash-0731-* (Apache-2.0)',
  date: '2026-08',
};
const CHAIN = 'chain parameters, early October 2026';
const QWEN_2025 = { source: 'published fp8 pairs of 2025 builds', date: '2025' };

export const PUBLISHED: Published[] = [
  {
    model: 'moonshotai/Kimi-K2.6',
    as_of: '2026-10-01',
    stat_test: { dist_threshold: 0.4, p_mismatch: 0.1, fraud_threshold: 0.05, source: CHAIN },
    honest: [],
    other_weights: [],
    engine_batch: { default: 32, by_gpu: {} },
  },
  {
    model: 'MiniMaxAI/MiniMax-M2.7',
    as_of: '2026-10-01',
    stat_test: { dist_threshold: 0.75, p_mismatch: 0.1, fraud_threshold: 0.05, source: CHAIN },
    honest: [
      {
        between: ['A100, vLLM 0.20', 'A100, vLLM 0.20'],
        differs: [],
        mean: 0.2,
        sd: 0.085,
        source: 'public recordings, vLLM 0.20: A100 to A100 0.175 to 0.20',
        date: '2026-05',
      },
    ],
    other_weights: [],
    recorded_weights: [
      { matches: 'awq4bit', name: 'AWQ int4', repository: 'demon-zombie/MiniMax-M2.7-AWQ-4bit' },
    ],
    engine_batch: { default: 32, by_gpu: {} },
    needs: {
      reasoning_parser: [
        { parser: 'minimax_m2', vllm_from: '0.28' },
        { parser: 'minimax_m2_append_think', vllm_below: '0.28' },
      ],
      source: 'published node configs',
    },
  },
  {
    model: 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
    as_of: '2026-10-01',
    stat_test: { dist_threshold: 0.2, p_mismatch: 0.1, fraud_threshold: 0.05, source: CHAIN },
    honest: [
      {
        between: ['fp8', 'fp8, the nearest pair'],
        differs: ['gpu_class'],
        mean: 0.06,
        sd: 0.04,
        ...QWEN_2025,
      },
      {
        between: ['fp8', 'fp8, the farthest pair'],
        differs: ['gpu_class'],
        mean: 0.077,
        sd: 0.04,
        ...QWEN_2025,
      },
    ],
    other_weights: [
      {
        name: 'int4',
        distances: [
          {
            between: ['fp8', 'int4'],
            differs: ['weights'],
            mean: 0.24,
            sd: 0.1,
            source: 'published int4 pairs of 2025 builds',
            date: '2025',
          },
        ],
      },
    ],
    engine_batch: { default: 32, by_gpu: {} },
  },
  {
    model: 'zai-org/GLM-5.3-Flash',
    as_of: '2026-10-01',
    stat_test: { dist_threshold: 0.44, p_mismatch: 0.1, fraud_threshold: 0.05, source: CHAIN },
    honest: [
      ofMedian(
        ['H100, H200, B200, B300: the nearest pair', 'another of them'],
        ['gpu_class'],
        0.252,
        KAITAKU_GLM,
      ),
      ofMedian(
        ['H100, H200, B200, B300: the farthest pair', 'another of them'],
        ['gpu_class'],
        0.267,
        KAITAKU_GLM,
      ),
    ],
    other_weights: [
      {
        name: 'NVFP4',
        distances: [
          ofMedian(['honest', 'NVFP4 on B200'], ['weights'], 0.379, KAITAKU_GLM),
          ofMedian(['honest', 'NVFP4 on B300'], ['weights'], 0.713, KAITAKU_GLM),
        ],
      },
      {
        name: 'REAP50 (half of the experts pruned)',
        distances: [
          ofMedian(['honest', 'REAP50, the nearest pair'], ['weights'], 0.595, KAITAKU_GLM),
          ofMedian(['honest', 'REAP50, the farthest pair'], ['weights'], 0.606, {
            beyond: { threshold: 0.4, share: 0.9 },
            ...KAITAKU_GLM,
          }),
        ],
      },
    ],
    engine_batch: {
      default: 32,
      by_gpu: { H100: 8, H200: 16, B200: 32, B300: 32 },
      source: 'defaults of the published configs (8×H100, H200, B200, B300)',
    },
    needs: {
      driver: '580',
      cuda: '13',
      mlnode: '3.1.0',
      source: 'MLNode 3.1.0 has vLLM 0.28 and gonka-poc 0.1.6; 3.0.17 must not serve this model',
    },
  },
  {
    model: 'deepseek-ai/DeepSeek-V4-Flash-0731',
    as_of: '2026-10-01',
    stat_test: { dist_threshold: 0.41, p_mismatch: 0.1, fraud_threshold: 0.05, source: CHAIN },
    honest: [
      ofMedian(['H100', 'H200'], ['gpu_class'], 0.173, {
        n: 3000,
        beyond: { threshold: 0.4, share: 0.008 },
        ...KAITAKU_DEEPSEEK,
      }),
      ofMedian(['one box', 'the same with speculation'], ['build'], 0.174, { n: 3000, ...KAITAKU_DEEPSEEK }),
      ofMedian(['B200', 'B300: the nearest pair'], ['gpu_class'], 0.177, { n: 3000, ...KAITAKU_DEEPSEEK }),
      ofMedian(['B200', 'B300: the farthest pair'], ['gpu_class'], 0.181, {
        n: 3000,
        beyond: { threshold: 0.4, share: 0.021 },
        ...KAITAKU_DEEPSEEK,
      }),
    ],
    other_weights: [
      {
        name: 'NVFP4',
        repository: 'MJPansa/DeepSeek-V4-Flash-0731-NVFP4',
        public_config: 'node-config-deepseekv4flash0731-B300-nvfp4',
        distances: [
          ofMedian(['honest', 'NVFP4, the nearest pair'], ['weights'], 0.196, {
            n: 3000,
            beyond: { threshold: 0.4, share: 0.017 },
            ...KAITAKU_DEEPSEEK,
          }),
          ofMedian(['honest', 'NVFP4, the farthest pair'], ['weights'], 0.203, {
            n: 3000,
            beyond: { threshold: 0.4, share: 0.032 },
            ...KAITAKU_DEEPSEEK,
          }),
        ],
      },
      {
        name: 'int4',
        distances: [ofMedian(['honest', 'int4'], ['weights'], 0.296, KAITAKU_DEEPSEEK)],
      },
      {
        name: 'DeepSeek-V4-Flash (the older checkpoint)',
        distances: [
          ofMedian(['honest', 'the older checkpoint'], ['weights'], 0.648, {
            beyond: { threshold: 0.4, share: 0.89 },
            ...KAITAKU_DEEPSEEK,
          }),
        ],
      },
    ],
    engine_batch: { default: 32, by_gpu: { H100: 16 } },
  },
  {
    model: 'Qwen/Qwen3-32B-FP8',
    as_of: '2026-10-01',
    honest: [],
    other_weights: [],
    engine_batch: { default: 32, by_gpu: {} },
  },
  {
    model: 'Qwen/Qwen3-0.6B',
    as_of: '2026-10-01',
    honest: [],
    other_weights: [],
    engine_batch: { default: 32, by_gpu: {} },
  },
];

/** References that must not be used any more, by the name of their file in the folder of golden references. */
export const SUPERSEDED: { file: string; model: string; reason: string; successor: string }[] = [
  {
    file: 'zai-org-glm-5.3-flash.superseded-1866b0d.json',
    model: 'zai-org/GLM-5.3-Flash',
    reason:
      'recorded by gonka-poc 0.1.4, which computes the first vector of every batch of 16 wrongly: an honest 8×H100 node fails against it (117 of 1000), and is clean without those 63',
    successor: 'zai-org-glm-5.3-flash-h100-tp8.json',
  },
];
