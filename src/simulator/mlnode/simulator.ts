import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FaultHook } from './faults.js';
import type { OtherService, StartFailure } from './inference.js';
import { MlNode } from './node.js';
import type { MlNodeSimulatorOptions } from './options.js';
import type { Replica } from './replica.js';
import type { InitGenerateRequest } from './requests.js';
import { createMlNodeServer } from './server.js';
import { readShapes } from './shapes.js';

/** A simulated ML node on a real socket, and what a test can do to it. Replicas are named by port. */
export interface MlNodeSimulator {
  readonly host: string;
  readonly port: number;
  /** `http://HOST:PORT`, with the segment where there is one. */
  readonly url: string;
  /** The model that it was started for. */
  readonly model: string;
  /** Number of calls of each endpoint: `requests['GET /inference/pow/generate/{request_id}']`. */
  readonly requests: Record<string, number>;
  /** Ports of the replicas in rotation. */
  readonly backends: number[];
  /** Set it to make requests fail; undefined: no faults. */
  faults: FaultHook | undefined;

  /** Whether a replica answers health probes; false removes it from rotation, status and stop at once. */
  setReplicaHealthy(port: number, healthy: boolean): void;
  /** Ends a replica's process; it stays in rotation until the next health pass. */
  killReplica(port: number): void;
  /** Starts its process again, without its jobs. */
  reviveReplica(port: number): void;
  /** Shows a replica as `ERROR` in `pow/status`; undefined: its real state. */
  setReplicaTrouble(port: number, detail: string | undefined): void;
  /** Starts continuous generation under another caller's key, on some replicas or on all. */
  startForeignGeneration(request?: Partial<InitGenerateRequest>, ports?: number[]): void;
  /** Whether a replica is in continuous generation. */
  isGenerating(port: number): boolean;
  /** Number of nonces in its queue, including those being computed. */
  queuedNonces(port: number): number;
  /** Replaces the loaded model; by default with the first model's arguments and at once. */
  setModel(model: string, args?: readonly string[], loadTimeMs?: number): void;
  /** Arguments of the running model; undefined when none runs. */
  readonly running: { model: string; args: readonly string[] } | undefined;
  /** Ends the model's process: `up/status` says `completed`, not running. */
  killModel(): void;
  /** Makes the next start fail. */
  failNextStart(failure: StartFailure): void;
  /** Lets another service occupy the node; undefined: none. */
  setService(service: OtherService | undefined): void;
  /** Whether all weights of a model are there. */
  hasWeights(model: string): boolean;
  /** Ends the running downloads as if their time had passed. */
  endDownloads(): void;
  /** Makes downloads end with this error; undefined: with complete weights. */
  failDownloads(message: string | undefined): void;
  close(): Promise<void>;
}

/**
 * Starts a simulated ML node.
 *
 * @throws the socket's error when the port cannot be had
 */
export async function startMlNodeSimulator(options: MlNodeSimulatorOptions): Promise<MlNodeSimulator> {
  await readShapes();
  const node = new MlNode(options);
  const requests: Record<string, number> = {};
  const segment = options.segment ?? '';
  let faults = options.faults;
  const server = createMlNodeServer(node, { segment, counters: requests, faults: () => faults });
  server.keepAliveTimeout = 30_000;
  server.listen(node.settings.port, node.settings.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { host } = node.settings;

  let closed: Promise<void> | undefined;
  async function shutDown(): Promise<void> {
    node.endReplicas();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  return {
    host,
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}${segment}`,
    requests,
    model: node.settings.model,
    get backends() {
      return node.backends().map((backend) => backend.port);
    },
    get faults() {
      return faults;
    },
    set faults(hook) {
      faults = hook;
    },
    get running() {
      return node.inference.running;
    },
    ...controlsOf(node),
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}

/** What a test can do to a node while it runs. */
function controlsOf(
  node: MlNode,
): Omit<
  MlNodeSimulator,
  'host' | 'port' | 'url' | 'requests' | 'model' | 'backends' | 'faults' | 'running' | 'close'
> {
  const replica = (at: number): Replica => {
    const found = node.replicaAt(at);
    if (found === undefined) throw new RangeError(`no replica at port ${at}`);
    return found;
  };
  return {
    setReplicaHealthy(at, healthy) {
      replica(at).healthy = healthy;
    },
    killReplica: (at) => replica(at).kill(),
    reviveReplica: (at) => replica(at).revive(),
    setReplicaTrouble(at, detail) {
      replica(at).trouble = detail;
    },
    isGenerating: (at) => replica(at).generating,
    queuedNonces: (at) => replica(at).queuedNonces,
    startForeignGeneration(request = {}, ports = node.backends().map((backend) => backend.port)) {
      ports.forEach((at, id) => {
        const { model } = replica(at);
        replica(at).startGeneration(foreign(model, request), { id, of: ports.length });
      });
    },
    setModel(model, args = node.settings.args, loadTimeMs = 0) {
      node.unload();
      node.load({ model, additional_args: [...args] }, loadTimeMs);
    },
    killModel: () => node.die(),
    failNextStart(failure) {
      node.inference.nextFailure = failure;
    },
    setService(service) {
      node.inference.heldBy = undefined;
      if (service !== undefined) node.unload();
      node.inference.heldBy = service;
    },
    hasWeights: (model) => node.weights.status({ hf_repo: model })['status'] === 'DOWNLOADED',
    endDownloads: () => node.weights.endDownloads(),
    failDownloads(message) {
      node.weights.failure = message;
    },
  };
}

function foreign(model: string, request: Partial<InitGenerateRequest>): InitGenerateRequest {
  return {
    block_hash: 'C0FFEE00',
    block_height: 4_200_000,
    public_key: 'gonkapub1somebodyelse',
    node_id: 1,
    node_count: 3,
    params: { model, seq_len: 1024, k_dim: 12 },
    ...request,
  };
}
