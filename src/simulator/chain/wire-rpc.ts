import type { Answer } from './answer.js';
import type { Block, SimulatedChain, SimulatedTx } from './chain.js';
import { broadcast, executeTx } from './transactions.js';

const QUERY = /^"bootstrap_model_preeligibility\.model_id='([^']+)'"$/;

/** Answers of the CometBFT RPC, which answers 500 for everything that it does not find. */
export function rpcAnswer(chain: SimulatedChain, url: URL): Answer | undefined {
  if (!url.pathname.startsWith('/chain-rpc/')) return undefined;
  const method = url.pathname.slice('/chain-rpc/'.length);
  const height = url.searchParams.get('height');
  switch (method) {
    case 'status':
      return result({ node_info: { network: 'gonka-simulated' }, sync_info: syncInfo(chain) });
    case 'abci_info':
      return result({
        response: {
          data: 'inference',
          ...(chain.version !== '' && { version: chain.version }),
          last_block_height: String(chain.height),
        },
      });
    case 'header':
      return atHeight(chain, height, (block) => ({ header: headerOf(block) }));
    case 'block':
      return atHeight(chain, height, (block) => ({ block: { header: headerOf(block) } }));
    case 'block_results':
      return atHeight(chain, height, ({ height: at, events }) => ({
        height: String(at),
        txs_results: null,
        finalize_block_events: events.length === 0 ? null : events,
      }));
    case 'block_search':
      return blockSearch(chain, url.searchParams);
    case 'tx':
      return txAnswer(chain, url.searchParams.get('hash') ?? '');
    default:
      return { status: 404, body: 'not found' };
  }
}

/** Answers of the RPC's POST form, which the stand-in `inferenced` uses. */
export function rpcCall(chain: SimulatedChain, body: unknown): Answer {
  const { method, params } = body as { method?: string; params?: { tx?: string; from?: string } };
  const tx = () => JSON.parse(Buffer.from(params?.tx ?? '', 'base64').toString()) as SimulatedTx;
  if (method === 'account') return result({ sequence: chain.blockSequences.get(params?.from ?? '') ?? 0 });
  if (method === 'simulate') return result(executeTx(chain, tx(), false));
  if (method === 'broadcast_tx_sync') return result(broadcast(chain, tx()));
  return fault(-32601, 'Method not found', String(method));
}

function syncInfo(chain: SimulatedChain) {
  return {
    latest_block_height: String(chain.height),
    latest_block_time: (chain.blocks.get(chain.height)?.time ?? timeOf(chain, chain.height)).toISOString(),
    catching_up: chain.catchingUp,
  };
}

/** Blocks from before the simulation have no events; their times follow from the even pace. */
function atHeight(chain: SimulatedChain, text: string | null, body: (block: Block) => object): Answer {
  const height = text === null ? chain.height : Number(text);
  if (!Number.isInteger(height) || height < 1)
    return fault(-32603, 'Internal error', 'height must be greater than 0');
  if (height > chain.height)
    return fault(
      -32603,
      'Internal error',
      `height ${height} must be less than or equal to the current blockchain height ${chain.height}`,
    );
  const lowest = Math.max(1, chain.height - 30_000);
  if (height < lowest)
    return fault(-32603, 'Internal error', `height ${height} is not available, lowest height is ${lowest}`);
  return result(body(chain.blocks.get(height) ?? { height, time: timeOf(chain, height), events: [] }));
}

function timeOf(chain: SimulatedChain, height: number): Date {
  const known = [...chain.blocks.values()].at(0);
  const [anchorHeight, anchorTime] = known
    ? [known.height, known.time.getTime()]
    : [chain.height, Date.now()];
  return new Date(anchorTime - (anchorHeight - height) * chain.blockTimeMs);
}

function blockSearch(chain: SimulatedChain, params: URLSearchParams): Answer {
  if (!chain.indexesBlocks) return fault(-32603, 'Internal error', 'block indexing is disabled');
  const model = QUERY.exec(params.get('query') ?? '')?.[1];
  if (model === undefined) return fault(-32602, 'Invalid params', 'failed to parse query');
  const found = [...chain.blocks.values()].filter(({ events }) =>
    events.some(({ attributes }) =>
      attributes.some(({ key, value }) => key === 'model_id' && value === model),
    ),
  );
  found.sort((a, b) => b.height - a.height);
  if (params.get('order_by') === '"asc"') found.reverse();
  return result({
    blocks: found
      .slice(0, Number(params.get('per_page') ?? 30))
      .map((block) => ({ block: { header: headerOf(block) } })),
    total_count: String(found.length),
  });
}

function txAnswer(chain: SimulatedChain, hash: string): Answer {
  const tx = chain.txs.get(hash.replace(/^0x/i, '').toUpperCase());
  if (tx === undefined) return fault(-32603, 'Internal error', `tx (${hash}) not found`);
  const { height, code, codespace, log } = tx;
  return result({ hash, height: String(height), tx_result: { code, codespace, log } });
}

function headerOf({ height, time }: Block) {
  return { chain_id: 'gonka-simulated', height: String(height), time: time.toISOString() };
}

function result(value: object): Answer {
  return { body: { jsonrpc: '2.0', id: -1, result: value } };
}

function fault(code: number, message: string, data: string): Answer {
  return { status: 500, body: { jsonrpc: '2.0', id: -1, error: { code, message, data } } };
}
