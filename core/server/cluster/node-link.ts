// The connection to another node, as far as it shows: since when it stands, and what waits on it to be sent.

/** So much the operating systems of both ends take before anything waits here. */
const KERNEL_BYTES = 2_500_000;

export class NodeLink {
  readonly createdAt: number;
  /** What is under way on it is lost. */
  isCut = false;
  #underwayBytes = 0;

  constructor(createdAt: number) {
    this.createdAt = createdAt;
  }

  /** What the operating system has not taken yet. */
  get waitingBytes(): number {
    return Math.max(0, this.#underwayBytes - KERNEL_BYTES);
  }

  sent(sizeBytes: number): void {
    this.#underwayBytes += sizeBytes;
  }

  arrived(sizeBytes: number): void {
    this.#underwayBytes -= sizeBytes;
  }
}
