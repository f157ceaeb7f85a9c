/** An ML node as the network node's admin API takes and lists it. */
export interface NodeObject {
  id: string;
  /** Name or address, as the network node reaches it. */
  host: string;
  inference_port: number;
  inference_segment?: string;
  poc_port: number;
  /** Appended to the base path as it stands, for example `/v3.0.8`. */
  poc_segment?: string;
  models: Record<string, ModelConfig>;
  /** Requests that the network node sends to it at a time. */
  max_concurrent: number;
  hardware?: HardwareEntry[] | null;
}

/** How one model is served. Fields that are not known here are kept, sent and compared as they are. */
export interface ModelConfig {
  /** vLLM arguments, one token each. */
  args: string[];
  /** Weights that are loaded in place of the model's own (network nodes from API v0.2.15-post5 on). */
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
