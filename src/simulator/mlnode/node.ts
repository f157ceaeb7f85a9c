import { ApiError } from './api-error.js';
import { GoldenTable } from './golden-table.js';
import { GROWTH, type ImageFault } from './image-faults.js';
import { Inference } from './inference.js';
import type { MlNodeSimulatorOptions } from './options.js';
import { gpusPerReplica } from './parallelism.js';
import { type ProfileName, profiles } from './profiles/index.js';
import type { Profile } from './profiles/profile.js';
import { Replica } from './replica.js';
import type { UpRequest } from './requests.js';
import { requireKnown } from './shapes.js';
import { Weights } from './weights.js';

const FIRST_PORT = 5001;
const GPUS_PER_REPLICA = 4;

/** The options with defaults. */
type Settings = Required<
  Omit<MlNodeSimulatorOptions, 'golden' | 'startFailure' | 'faults' | 'segment' | 'newer'>
> &
  Pick<MlNodeSimulatorOptions, 'newer'>;

/** The state of one simulated ML node: what is loaded, and the replicas behind it. */
export class MlNode {
  readonly settings: Settings;
  readonly inference = new Inference();
  readonly weights: Weights;
  replicas: Replica[] = [];
  private readonly golden: GoldenTable;
  private readonly bornAt = performance.now();
  private turn = 0;
  private loads = 0;
  /** Number of PoC generations started so far. */
  pocs = 0;

  private lingering: { ports: number[]; since: number } = { ports: [], since: 0 };

  constructor(options: MlNodeSimulatorOptions) {
    const references = [options.golden ?? []].flat();
    this.golden = new GoldenTable(references);
    this.settings = withDefaults(options, references[0]?.file.model);
    const { model, args, up, offline, downloadTimeMs } = this.settings;
    for (const profile of this.settings.replicas) {
      const { weights } = typeof profile === 'string' ? profiles[profile] : profile;
      if (weights !== undefined) requireKnown(model, weights);
    }
    const known = [model, ...references.map(({ file }) => file.model)].map((name) => [name, 'DOWNLOADED']);
    this.weights = new Weights(
      { ...Object.fromEntries(known), ...this.settings.weights },
      { offline, downloadTimeMs, hasAll: this.settings.hasAllWeights },
    );
    if (up) this.load({ model, additional_args: [...args] }, 0);
    this.inference.nextFailure = options.startFailure;
  }

  /**
   * Loads a model. With a load time of 0 all its replicas are there at once; otherwise they join one by one,
   * from the next health pass on.
   *
   * @throws ApiError 409
   */
  load(request: UpRequest, loadTimeMs: number): void {
    const { replicas: names, gpuCount, healthIntervalMs, joinIntervalMs } = this.settings;
    const count = Math.floor(gpuCount / gpusPerReplica(request.additional_args ?? []));
    if (count === 0) this.inference.nextFailure ??= { error: `Not enough GPUs: ${gpuCount} are there` };
    const readyAt = this.inference.up(request, loadTimeMs);
    const isForgetful = this.loads++ > 0 && this.has('forgets-itself');
    this.replicas = Array.from({ length: count }, (_, index) => {
      const joinsAt = loadTimeMs === 0 ? readyAt : readyAt + healthIntervalMs + index * joinIntervalMs;
      const profile = names[index % names.length] as ProfileName | Profile;
      return new Replica({
        ...this.settings,
        golden: this.golden,
        port: FIRST_PORT + index,
        model: servedName(request),
        profile: isForgetful ? profiles.unrelated : typeof profile === 'string' ? profiles[profile] : profile,
        joinsAt,
      });
    });
  }

  /** Whether the image has this fault. */
  has(fault: ImageFault): boolean {
    return this.settings.imageFaults.includes(fault);
  }

  /** Growth of the used GPU memory since the start, as a fraction of it. */
  get memoryGrowth(): number {
    return this.has('memory-grows') ? GROWTH * this.pocs : 0;
  }

  /** Called when a PoC was stopped on all replicas. */
  pocEnded(): void {
    const last = this.replicas.at(-1);
    if (this.pocs > 0 && last !== undefined && this.has('replica-lost')) last.healthy = false;
  }

  /** Unloads the model; requests that wait for a replica get an error. */
  unload(): void {
    this.inference.down();
    this.lingering = { ports: this.replicas.map(({ port }) => port), since: performance.now() };
    this.endReplicas();
  }

  /** Ports that the node still lists as errors, for a while after a model went down. */
  lingeringPorts(): number[] {
    const { ports, since } = this.lingering;
    const isOver = performance.now() - since >= this.settings.errorAfterDownMs;
    return isOver || this.inference.running !== undefined ? [] : ports;
  }

  /** The model's process dies: `up/status` still says `completed`, but not running. */
  die(): void {
    this.inference.die();
    this.endReplicas();
  }

  /** The replicas in rotation. */
  backends(): Replica[] {
    if (this.inference.running === undefined) return [];
    const now = performance.now();
    const pass = this.passAt(now);
    return this.replicas.filter(
      (replica) =>
        replica.joinsAt <= now &&
        // The next health pass detects that it is gone.
        (replica.goneAt === undefined || this.passAt(replica.goneAt) === pass) &&
        !replica.missesProbe(pass),
    );
  }

  /** Whether this build accepts the keys of the decode scheme. */
  get knowsDecode(): boolean {
    return this.replicas.some((replica) => replica.knowsDecode);
  }

  /**
   * The next replica in turn, even if it is busy.
   *
   * @throws ApiError 503 when none is in rotation
   */
  nextBackend(): Replica {
    const backends = this.requireBackends();
    return backends[this.turn++ % backends.length] as Replica;
  }

  /** @throws ApiError 503 when no replica is in rotation */
  requireBackends(): Replica[] {
    const backends = this.backends();
    if (backends.length === 0) throw new ApiError(503, 'No vLLM backends available');
    return backends;
  }

  /** The replica at a port, in rotation or not. */
  replicaAt(port: number): Replica | undefined {
    return this.replicas.find((replica) => replica.port === port);
  }

  /** The start of the latest health pass, a time of `performance.now()`. */
  latestPassAt(): number {
    return this.bornAt + this.passAt(performance.now()) * this.settings.healthIntervalMs;
  }

  /** Ends all running work. */
  endReplicas(): void {
    for (const replica of this.replicas) replica.kill();
    this.replicas = [];
  }

  private passAt(time: number): number {
    return Math.floor((time - this.bornAt) / this.settings.healthIntervalMs);
  }
}

function withDefaults(options: MlNodeSimulatorOptions, goldenModel: string | undefined): Settings {
  const { replicas, batchTimeMs } = options;
  if (replicas.length === 0) throw new RangeError('a simulated ML node needs at least one replica');
  if (!(batchTimeMs > 0)) throw new RangeError(`a batch takes time, not ${batchTimeMs} ms`);
  return {
    host: '127.0.0.1',
    port: 0,
    model: goldenModel ?? 'moonshotai/Kimi-K2.6',
    waitLimitMs: 60_000,
    defaultBatchSize: 32,
    forgetAfterMs: 300_000,
    queues: true,
    up: true,
    args: ['--tensor-parallel-size', String(GPUS_PER_REPLICA)],
    loadTimeMs: 1000,
    healthIntervalMs: 2000,
    errorAfterDownMs: 0,
    joinIntervalMs: 1000,
    weights: {},
    hasAllWeights: false,
    offline: false,
    downloadTimeMs: 1000,
    gpuName: 'NVIDIA B200',
    gpuCount: GPUS_PER_REPLICA * replicas.length,
    version: '0.2.0',
    legacy: false,
    imageFaults: [],
    maxModelLen: 262_144,
    tokenTimeMs: 0,
    ...options,
  };
}

/** The model name for PoC requests: `--served-model-name`, else the name with which the model was started. */
function servedName({ model, additional_args: args = [] }: UpRequest): string {
  const place = args.lastIndexOf('--served-model-name');
  return (place < 0 ? undefined : args[place + 1]) ?? model;
}
