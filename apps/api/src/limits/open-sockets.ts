import { networkOf } from './network.js';

/** How many web sockets each address holds open, let in or not. */
export class OpenSockets {
  private readonly open = new Map<string, number>();

  /** @param most Of one address; undefined: as many as it likes. */
  constructor(private readonly most: number | undefined) {}

  hasRoom(address: string): boolean {
    return this.most === undefined || this.of(networkOf(address)) < this.most;
  }

  /** @returns What is to be called when it is closed. */
  add(address: string): () => void {
    const network = networkOf(address);
    this.open.set(network, this.of(network) + 1);
    return () => {
      const left = this.of(network) - 1;
      if (left > 0) this.open.set(network, left);
      else this.open.delete(network);
    };
  }

  private of(network: string): number {
    return this.open.get(network) ?? 0;
  }
}
