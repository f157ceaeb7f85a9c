/** An ML node in the form that the network node's admin API accepts and lists. */
export interface NodeObject {
  id: string;
  /** Name or address at which the network node reaches it. */
  host: string;
  inference_port: number;
  inference_segment?: string;
  poc_port: number;
  /** Appended to the base path unchanged, for example `/v3.0.8`. */
  poc_segment?: string;
  models: Record<string, ModelConfig>;
  /** Number of requests that the network node sends to it at the same time. */
  max_concurrent: number;
  hardware?: HardwareEntry[] | null;
}

/** How one model is served. Unknown fields are kept, sent and compared unchanged. */
export interface ModelConfig {
  /** vLLM arguments, one token each. */
  args: string[];
  /** Weights that are loaded instead of the model's own (network nodes from API v0.2.15-post5 on). */
  model_override?: ModelOverride | null;
  [field: string]: unknown;
}

export interface ModelOverride {
  /** Hugging Face repository. */
  hf_repo: string;
  /** 40 digits. */
  hf_commit: string;
}

export interface HardwareEntry {
  type?: string;
  count?: number;
}
