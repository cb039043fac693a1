// One connection as the network sees it: bytes in both directions, in order, delayed or cut where a fault says so.
import type { Bytes } from "../kernel/bytes.ts";
import type { Client } from "./client.ts";
import type { HookEvent } from "./hooks.ts";
import { APPLICATION } from "./network.ts";
import type { World } from "./world.ts";

/** How a connection ended: an orderly FIN, or a RST. */
export type CloseReason = "end" | "reset";

/** The application's end. The host must not call back into the link before these return. */
export interface Peer {
  write(bytes: Bytes): void;
  close(reason: CloseReason): void;
  /** Bytes that were written and that the application has not taken yet; none where the host cannot tell. */
  readonly backlogBytes?: number;
  /** The server closes the connection, and they are lost. */
  discardBacklog?(): void;
}

/** Times until which a direction is occupied: what comes later cannot overtake. */
interface Direction {
  freeAt: number;
  waiting: number;
  /** Nothing arrives in it any more. */
  dead: boolean;
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
  readonly #up: Direction = { freeAt: 0, waiting: 0, dead: false };
  readonly #down: Direction = { freeAt: 0, waiting: 0, dead: false };
  #closed = false;
  #silent = false;
  /** Sent, and not arrived. */
  #underwayBytes = 0;
  /** Chunks and ends that the network holds back from the server. */
  #held = 0;

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

  /** Bytes that the server sent and the application has not got: a real server keeps them in the client's output buffer. */
  get backlogBytes(): number {
    return this.#underwayBytes + (this.#peer.backlogBytes ?? 0);
  }

  /** The application has sent what the server's process has not taken, as when it stands still. */
  get hasUnread(): boolean {
    return this.#held > 0 || this.#client.queryBufferBytes > 0;
  }

  /** Something is on its way, or nothing ever arrives any more. */
  get busy(): boolean {
    return this.#up.waiting > 0 || this.#down.waiting > 0 || this.#up.dead || this.#down.dead || this.#silent;
  }

  /**
   * The application sent bytes. They are read in place; the host may reuse the array afterwards.
   *
   * @param text the same as a byte string, if the host has it: short words are cut from it
   */
  receive(chunk: Uint8Array, text?: Bytes): void {
    if (this.#closed || this.#up.dead || chunk.length === 0) return;
    if (this.origin === "") this.#world.bytesMoved += chunk.length;
    if (!this.#watched && this.#up.waiting === 0 && !this.#mayBeCut) {
      this.#client.receive(chunk, text);
      return;
    }
    const kept = new Uint8Array(chunk); // its own slice might be a view of the host's memory, as that of a Buffer is
    this.#transfer("up", { sizeBytes: kept.length, delayMs: 0 }, (from, to) =>
      this.#client.receive(kept.subarray(from, to)),
    );
  }

  /** The application closed its end; what it sent before still arrives. */
  end(): void {
    this.#deliver(this.#up, 0, () => this.#passUp(() => this.#shut()));
  }

  /** The server sends bytes. */
  send(bytes: Bytes, delayMs = 0): void {
    if (this.#closed) return;
    if (this.#silent || this.#down.dead) {
      this.#underwayBytes += bytes.length; // nobody acknowledges them
      return;
    }
    if (delayMs === 0 && !this.#watched && this.#down.waiting === 0 && !this.#mayBeCut) {
      this.#arrive(bytes);
      return;
    }
    this.#underwayBytes += bytes.length;
    this.#transfer("down", { sizeBytes: bytes.length, delayMs }, (from, to) => {
      this.#underwayBytes -= to - from;
      this.#arrive(bytes.slice(from, to));
    });
  }

  /** Links between processes pass the network by themselves. */
  get #mayBeCut(): boolean {
    return this.origin === "" && !this.own && this.#world.network.hasCuts;
  }

  readonly #passUp = (arrive: () => void): void => {
    if (!this.#mayBeCut) {
      arrive();
      return;
    }
    this.#held++;
    this.#world.network.pass(APPLICATION, this.#client.serverName, () => {
      this.#held--;
      arrive();
    });
  };

  readonly #passDown = (arrive: () => void): void => {
    if (this.#mayBeCut) this.#world.network.pass(this.#client.serverName, APPLICATION, arrive);
    else arrive();
  };

  /** The server closes its end, behind what it has sent. */
  close(reason: CloseReason = "end"): void {
    if (this.#closed) return;
    if (this.#mayBeCut) this.#passDown(() => this.#drop(reason));
    else if (reason === "reset") this.#drop(reason);
    else this.#deliver(this.#down, this.own ? 0 : this.#world.hooks.onClose(this.event()), () => this.#drop(reason));
  }

  /** The server closes its end, and what has not arrived yet never will. */
  cutOff(): void {
    this.#silent = true;
    this.#peer.discardBacklog?.();
    if (this.#mayBeCut) this.#passDown(() => this.#drop("end"));
    else this.#drop("end");
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
    if (this.origin === "") this.#world.bytesMoved += bytes.length;
    this.#peer.write(bytes);
  }

  /** A chunk crosses, as hooks and the network let it. */
  #transfer(
    direction: "up" | "down",
    { sizeBytes, delayMs }: { readonly sizeBytes: number; readonly delayMs: number },
    arrive: (from: number, to: number) => void,
  ): void {
    const line = direction === "up" ? this.#up : this.#down;
    const pass = direction === "up" ? this.#passUp : this.#passDown;
    const deliver = (laterMs: number, from: number, to: number): void =>
      this.#deliver(line, delayMs + laterMs, () => pass(() => arrive(from, to)));
    const verdict = this.#watched ? this.#world.hooks.onChunk({ ...this.event(), direction, sizeBytes }) : undefined;
    switch (verdict?.type) {
      case undefined:
        deliver(0, 0, sizeBytes);
        return;
      case "delay":
        deliver(Math.max(0, verdict.delayMs), 0, sizeBytes);
        return;
      case "drop":
        return;
      case "swallow":
        line.dead = true;
        if (verdict.closeAfterMs !== undefined) {
          this.#world.schedule(this.#world.now + verdict.closeAfterMs, () => this.#drop("end"));
        }
        return;
      case "reset":
        this.#drop("reset");
        return;
      case "slice":
        for (let from = 0, nth = 0; from < sizeBytes; from += verdict.sizeBytes, nth++) {
          deliver(nth * verdict.delayMs, from, Math.min(sizeBytes, from + verdict.sizeBytes));
        }
        return;
      case "cut":
        if (verdict.sizeBytes > 0) deliver(0, 0, Math.min(sizeBytes, verdict.sizeBytes));
        this.#deliver(line, delayMs, () => this.#drop("reset"));
    }
  }

  event(): HookEvent {
    return { server: this.#client.serverName, client: this.#client, origin: this.origin, now: this.#world.now };
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
    if (this.origin === "") this.#world.bytesMoved++;
    this.#peer.close(reason);
  }
}
