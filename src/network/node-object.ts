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
  hardware?: Hardware[] | null;
}

export interface ModelConfig {
  /** vLLM arguments, one token each. */
  args: string[];
}

export interface Hardware {
  type?: string;
  count?: number;
}
