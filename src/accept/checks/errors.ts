import { HttpFault } from '../../http/fault.js';
import { requestJson } from '../../http/request.js';
import { defineCheck, type Tester } from '../check.js';
import { rotation } from '../generation.js';
import type { ImageFinding } from '../model.js';
import { askVectors, someNonces } from '../vectors.js';

const HUGE_LIST = 200_000;
const MAX_BYTES = 1 << 20;
const NONCES = 8;

interface Facts {
  answers: { request: string; status: number | null; text: string }[];
  portsBefore: number[];
  portsAfter: number[];
  /** null: the node computed vectors afterwards; else the reason why it did not. */
  after: string | null;
}

export const errorsCheck = defineCheck<Facts>({
  name: 'errors',
  title: 'A bad request is refused, and the node keeps serving',
  why: 'A wrong request of one client must not stop the engine for the others.',
  limitSeconds: () => 300,
  async gather(tester) {
    const portsBefore = (await rotation(tester)).ports;
    const answers: Facts['answers'] = [];
    for (const [request, body] of badRequests(tester))
      answers.push({ request, ...(await send(tester, body)) });
    // Requests that the node accepted by mistake must not be computed.
    await tester.node.stopGeneration();
    const nonces = someNonces(tester.inputs, NONCES);
    const after = await askVectors(tester, { nonces, batchSize: NONCES, coverage: 'spread' }).then(
      () => null,
      (error: unknown) => {
        if (tester.signal.aborted) throw error;
        return String(error instanceof Error ? error.message : error);
      },
    );
    return { answers, portsBefore, portsAfter: (await rotation(tester)).ports, after };
  },
  judge({ answers, portsBefore, portsAfter, after }) {
    const wrong = answers.filter(({ status }) => status === null || status < 400 || status >= 500);
    const lost = portsBefore.filter((port) => !portsAfter.includes(port));
    return [
      wrong.length === 0
        ? {
            replica: null,
            outcome: 'pass',
            evidence: `all ${answers.length} bad requests were refused with 4xx`,
          }
        : {
            replica: null,
            outcome: 'fail',
            evidence: wrong
              .map(({ request, status, text }) => `${request}: ${status ?? 'no answer'} ${text}`.trim())
              .join('; '),
            advice: 'a bad request must be answered with 4xx',
          },
      after === null
        ? { replica: null, outcome: 'pass', evidence: 'the node computed vectors afterwards' }
        : {
            replica: null,
            outcome: 'fail',
            evidence: `after them: ${after}`,
            advice: "look into the node's log",
          },
      ...portsBefore.map(
        (port): ImageFinding =>
          lost.includes(port)
            ? {
                replica: port,
                outcome: 'fail',
                evidence: 'gone from rotation afterwards',
                advice: "look into the node's log",
              }
            : { replica: port, outcome: 'pass', evidence: 'in rotation afterwards' },
      ),
    ];
  },
});

function badRequests({ inputs: { params } }: Tester): [name: string, body: unknown][] {
  const good = { ...params, nonces: [0, 1], wait: false };
  const withParams = (more: object) => ({ ...good, params: { ...params.params, ...more } });
  const { nonces: _nonces, ...without } = good;
  return [
    ['a text in place of an object', 'no object'],
    ['a body without nonces', without],
    ['nonces that are texts', { ...good, nonces: ['zero'] }],
    ['a nonce below 0', { ...good, nonces: [-1] }],
    ['an unknown key in params', withParams({ no_such_key: 1 })],
    ['another model', withParams({ model: 'mlnode-assay/no-such-model' })],
    ['seq_len −1', withParams({ seq_len: -1 })],
    ['seq_len that is a text', withParams({ seq_len: 'long' })],
    ['k_dim 0', withParams({ k_dim: 0 })],
    ['k_dim −12', withParams({ k_dim: -12 })],
    [`${HUGE_LIST} nonces`, { ...good, nonces: Array.from({ length: HUGE_LIST }, (_, nonce) => nonce) }],
  ];
}

async function send(
  { node, patience, signal }: Tester,
  body: unknown,
): Promise<{ status: number | null; text: string }> {
  try {
    const { status } = await requestJson({
      method: 'POST',
      url: `${node.api}/inference/pow/generate`,
      body,
      timeoutMs: patience * 60_000,
      maxBytes: MAX_BYTES,
      signal,
    });
    return { status, text: 'taken' };
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    return {
      status: error.status ?? null,
      text: error.detail || (error.status === undefined ? error.message : ''),
    };
  }
}
