import { HttpFault } from '../http/fault.js';

/** Ports of the replicas in rotation, as last read. */
export class Rotation {
  readonly #read: () => Promise<number[]>;
  readonly #tell: (ports: number[]) => void;
  #ports: number[] = [];

  /**
   * @param read asks the node
   * @param tell told of what each look found
   */
  constructor(read: () => Promise<number[]>, tell: (ports: number[]) => void = () => {}) {
    this.#read = read;
    this.#tell = tell;
  }

  get size(): number {
    return this.#ports.length;
  }

  has(port: number): boolean {
    return this.#ports.includes(port);
  }

  async refresh(): Promise<void> {
    let ports: number[];
    try {
      ports = await this.#read();
    } catch (error) {
      // Who answers batches needs not tell its replicas: those known are asked on.
      if (error instanceof HttpFault && this.size > 0) return;
      throw error;
    }
    // A node whose replicas all missed a health probe still has them.
    if (ports.length > 0 || this.size === 0) this.#ports = ports;
    this.#tell(this.#ports);
  }
}
