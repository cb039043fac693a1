// The network of a world: processes dial servers over wires on which bytes take their time, in order, and which may be cut.
import { toUint8Array, type Bytes } from "../kernel/bytes.ts";
import { once } from "../kernel/once.ts";
import { announces, announcesBus, type BusAddress } from "./cluster/announcement.ts";
import type { CloseReason, Link, Peer } from "./link.ts";
import { sameHost } from "./machine-addresses.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A process that dials: a replica, a Sentinel, a node. */
export interface Caller {
  /** How faults and traces call it. */
  readonly name: string;
  readonly host: string;
  /** The parameters of TLS, where it speaks that: `tls-replication`. */
  readonly encryptsWith?: { text(name: string): string };
}

/** What a dialler learns. It may write at once; nothing is said before `dial` has returned. */
export interface CallHandler {
  onOpen(): void;
  onData(bytes: Bytes): void;
  /** Said once, also when nobody answered; not when the dialler closed the connection itself. */
  onClose(reason: CloseReason | "refused"): void;
}

/** A dialler's end of a connection. */
export interface Call {
  /** The dialler's own address, as the far end sees it. */
  readonly localAddress: Bytes;
  write(bytes: Bytes): void;
  close(): void;
}

/** Dials what lies outside of the world: a host's real network. */
export type DialOutside = (to: Address, handler: CallHandler, from: Caller) => Call;

const FIRST_PORT = 40_000;

export class Network {
  readonly #world: World;
  /** Dials addresses at which no server of this world listens; without it they refuse. */
  outside: DialOutside | undefined;
  #nextPort = FIRST_PORT;
  /** Directions in which nothing arrives, `from>to`, and processes that nothing reaches; by how many faults. */
  readonly #closedWays = new Map<string, number>();
  /** What waits for its way, in its order. */
  #held: { readonly from: string; readonly to: string; readonly arrive: () => void }[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** The server that listens at an address, or that announces it, while it runs. */
  serverAt(to: Address): Server | undefined {
    return this.#find(({ doors }) => doors.hears(to)) ?? this.#find((server) => announces(server, to));
  }

  /** The node that clients are sent to there, whether it runs or not. */
  announcedAt(to: Address): Server | undefined {
    return this.#world.servers.find((server) => announces(server, to));
  }

  /** Whether the socket of a process that runs is in the way of another one there. */
  isTaken(at: Address): boolean {
    return this.#world.servers.some(({ lifecycle, doors }) => !lifecycle.crashed && doors.occupies(at));
  }

  /**
   * The same for somebody who dials, and is understood: neither who encrypts nor who does not finds anybody at the port of the other.
   * A port that is announced leads to both.
   */
  heardAt(to: Address, { encryptsWith }: Caller): Server | undefined {
    const server = this.serverAt(to);
    if (server === undefined || !server.doors.isAt(to.port)) return server;
    return server.doors.understands(to.port, encryptsWith !== undefined) ? server : undefined;
  }

  /** The node of a cluster that listens to others at an address, while it runs. */
  nodeAt({ host, busPort }: BusAddress): Server | undefined {
    // Every message asks.
    for (const server of this.#world.servers) {
      if (server.cluster?.busPort === busPort && server.listens && sameHost(server.address.host, host)) return server;
    }
    return this.#find((server) => announcesBus(server, { host, busPort }));
  }

  #find(isMeant: (server: Server) => boolean): Server | undefined {
    return this.#world.servers.find((server) => server.listens && isMeant(server));
  }

  dial(from: Caller, to: Address, handler: CallHandler): Call {
    const target = this.serverAt(to);
    if (target === undefined && this.outside !== undefined) return this.outside(to, handler, from);
    return new Wire(this.#world, { from, to, handler, localAddress: `${from.host}:${this.#nextPort++}` });
  }

  /** From now on nothing that one process sends reaches another; call what it gives to mend that. What was under way arrives then. */
  cut(from: string, to: string): () => void {
    return this.#close(`${from}>${to}`);
  }

  /** From now on nothing reaches a process, which has stopped; call what it gives when it goes on. */
  freeze(name: string): () => void {
    return this.#close(name);
  }

  #close(way: string): () => void {
    this.#closedWays.set(way, (this.#closedWays.get(way) ?? 0) + 1);
    return once(() => {
      const left = this.#closedWays.get(way)! - 1;
      if (left > 0) this.#closedWays.set(way, left);
      else this.#closedWays.delete(way);
      this.#release();
    });
  }

  /** What may pass again arrives, in its order. */
  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const { from, to, arrive } of held) this.pass(from, to, arrive);
  }

  /** Some way is closed. */
  get hasCuts(): boolean {
    return this.#closedWays.size > 0;
  }

  isCut(from: string, to: string): boolean {
    return this.#closedWays.size > 0 && (this.#closedWays.has(`${from}>${to}`) || this.#closedWays.has(to));
  }

  /** Something travels: it arrives in an event of its own, or once its way is mended. */
  carry(from: string, to: string, arrive: () => void): void {
    this.#world.schedule(this.#world.now, () => this.pass(from, to, arrive));
  }

  /** Something arrives, or waits until its way is mended. */
  pass(from: string, to: string, arrive: () => void): void {
    if (this.isCut(from, to)) this.#held.push({ from, to, arrive });
    else arrive();
  }
}

/** How applications are called where processes are: `network.cut("application", "primary")`. */
export const APPLICATION = "application";

interface WireOptions {
  readonly from: Caller;
  readonly to: Address;
  readonly handler: CallHandler;
  readonly localAddress: Bytes;
}

/** A connection within the world: every piece arrives in an event of its own, so that no server runs inside another. */
class Wire implements Call {
  readonly localAddress: Bytes;
  readonly #world: World;
  readonly #from: Caller;
  readonly #host: Bytes;
  readonly #handler: CallHandler;
  #link: Link | undefined;
  #serverName: string;
  /** Nothing is said to the dialler any more. */
  #closed = false;
  /** On its way to the dialler. */
  #underwayBytes = 0;

  constructor(world: World, { from, to, handler, localAddress }: WireOptions) {
    this.#world = world;
    this.#from = from;
    this.#host = to.host;
    this.#handler = handler;
    this.localAddress = localAddress;
    this.#serverName = world.network.serverAt(to)?.name ?? "";
    this.#send(() => this.#arriveAt(world.network.heardAt(to, from)));
  }

  #arriveAt(server: Server | undefined): void {
    if (this.#closed) return;
    if (server === undefined) {
      this.#receive(() => {
        this.#closed = true;
        this.#handler.onClose("refused");
      });
      return;
    }
    this.#serverName = server.name;
    this.#receive(() => this.#handler.onOpen());
    this.#link = server.connect({
      clientAddress: this.localAddress,
      dialled: this.#host,
      door: { kind: this.#from.encryptsWith === undefined ? "tcp" : "tls" },
      origin: this.#from.name,
      peer: this.#peer(),
    });
  }

  #peer(): Peer {
    const underway = (): number => this.#underwayBytes;
    return {
      write: (bytes) => {
        this.#underwayBytes += bytes.length;
        this.#receive(() => {
          this.#underwayBytes -= bytes.length;
          this.#handler.onData(bytes);
        });
      },
      close: (reason) =>
        this.#receive(() => {
          this.#closed = true;
          this.#handler.onClose(reason);
        }),
      get backlogBytes() {
        return underway();
      },
    };
  }

  write(bytes: Bytes): void {
    if (!this.#closed) this.#send(() => this.#link?.receive(toUint8Array(bytes)));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#send(() => this.#link?.end());
  }

  #send(arrive: () => void): void {
    this.#world.network.carry(this.#from.name, this.#serverName, arrive);
  }

  #receive(arrive: () => void): void {
    this.#world.network.carry(this.#serverName, this.#from.name, () => {
      if (!this.#closed) arrive();
    });
  }
}
