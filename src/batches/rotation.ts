import { HttpFault } from '../http/fault.js';

/** Ports of the replicas in rotation, as last read. */
export class Rotation {
  readonly #read: () => Promise<number[]>;
  readonly #tell: (ports: number[]) => void;
  #ports: number[] = [];

  /**
   * @param read asks the node
   * @param tell receives the result of each poll
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
      // A node that answers batches need not list its replicas: the known ones are still used.
      if (error instanceof HttpFault && this.size > 0) return;
      throw error;
    }
    // If all replicas of a node missed a health probe, they still exist.
    if (ports.length > 0 || this.size === 0) this.#ports = ports;
    this.#tell(this.#ports);
  }
}
