// One connection as the network sees it: bytes in both directions, in order, delayed or cut where a fault says so.
import type { Bytes } from "../kernel/bytes.ts";
import type { Client } from "./client.ts";
import type { HookEvent } from "./hooks.ts";
import type { World } from "./world.ts";

/** How a connection ended: an orderly FIN, or a RST. */
export type CloseReason = "end" | "reset";

/** The application's end. The host must not call back into the link before these return. */
export interface Peer {
  write(bytes: Bytes): void;
  close(reason: CloseReason): void;
}

/** Times until which a direction is occupied: what comes later cannot overtake. */
interface Direction {
  freeAt: number;
  waiting: number;
}

/** The host's handle of a connection. */
export class Link {
  /** The host's own hand: faults pass it by. */
  readonly own: boolean;
  /** The process that dialled; empty for an application. */
  readonly origin: string;
  #world: World;
  readonly #peer: Peer;
  #client: Client;
  readonly #up: Direction = { freeAt: 0, waiting: 0 };
  readonly #down: Direction = { freeAt: 0, waiting: 0 };
  #closed = false;
  #silent = false;

  /** @param attach makes the server's end, which sends through this link */
  constructor(
    world: World,
    peer: Peer,
    attach: (link: Link) => Client,
    { own = false, origin = "" }: { readonly own?: boolean; readonly origin?: string } = {},
  ) {
    this.#world = world;
    this.own = own;
    this.origin = origin;
    this.#peer = peer;
    this.#client = attach(this);
  }

  get client(): Client {
    return this.#client;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Something is on its way, or nothing ever arrives any more. */
  get busy(): boolean {
    return this.#up.waiting > 0 || this.#down.waiting > 0 || this.#silent;
  }

  /**
   * The application sent bytes. They are read in place; the host may reuse the array afterwards.
   *
   * @param text the same as a byte string, if the host has it: short words are cut from it
   */
  receive(chunk: Uint8Array, text?: Bytes): void {
    if (this.#closed || chunk.length === 0) return;
    this.#world.bytesMoved += chunk.length;
    if (!this.#watched && this.#up.waiting === 0) {
      this.#client.receive(chunk, text);
      return;
    }
    const delayMs = this.#judge("up", chunk.length);
    if (delayMs === undefined) return;
    const kept = new Uint8Array(chunk); // its own slice might be a view of the host's memory, as that of a Buffer is
    this.#deliver(this.#up, delayMs, () => this.#client.receive(kept));
  }

  /** The application closed its end; what it sent before still arrives. */
  end(): void {
    this.#deliver(this.#up, 0, () => this.#shut());
  }

  /** The server sends bytes. */
  send(bytes: Bytes, delayMs = 0): void {
    if (this.#closed || this.#silent) return;
    if (delayMs === 0 && !this.#watched && this.#down.waiting === 0) {
      this.#arrive(bytes);
      return;
    }
    const judged = this.#judge("down", bytes.length);
    if (judged !== undefined) this.#deliver(this.#down, delayMs + judged, () => this.#arrive(bytes));
  }

  /** The server closes its end, behind what it has sent. */
  close(reason: CloseReason = "end"): void {
    if (this.#closed) return;
    if (reason === "reset") this.#drop(reason);
    else this.#deliver(this.#down, 0, () => this.#drop(reason));
  }

  /** From now on nothing reaches the application, and the connection stays open. */
  silence(): void {
    this.#silent = true;
  }

  /** Puts another server's client at the far end, perhaps in another world: the connection goes on where it was. */
  rehome(world: World, attach: (link: Link) => Client): void {
    this.#world = world;
    this.#client = attach(this);
  }

  get #watched(): boolean {
    return this.#world.hooks.watchesChunks && !this.own;
  }

  #arrive(bytes: Bytes): void {
    if (this.#closed || this.#silent) return;
    this.#world.bytesMoved += bytes.length;
    this.#peer.write(bytes);
  }

  /** The delay that hooks ask for; undefined when the chunk does not arrive. */
  #judge(direction: "up" | "down", sizeBytes: number): number | undefined {
    if (!this.#watched) return 0;
    const verdict = this.#world.hooks.onChunk({ ...this.event(), direction, sizeBytes });
    if (verdict === undefined) return 0;
    switch (verdict.type) {
      case "delay":
        return Math.max(0, verdict.delayMs);
      case "drop":
        return undefined;
      case "reset":
        this.#drop("reset");
        return undefined;
    }
  }

  event(): HookEvent {
    return { server: this.#client.serverName, client: this.#client, now: this.#world.now };
  }

  #deliver(direction: Direction, delayMs: number, arrive: () => void): void {
    const at = Math.max(this.#world.now + delayMs, direction.freeAt);
    if (at <= this.#world.now && direction.waiting === 0) {
      arrive();
      return;
    }
    direction.freeAt = at;
    direction.waiting++;
    this.#world.schedule(at, () => {
      direction.waiting--;
      if (!this.#closed) arrive();
    });
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.disconnected();
  }

  #drop(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.disconnected();
    this.#world.bytesMoved++;
    this.#peer.close(reason);
  }
}
