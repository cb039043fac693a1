// One accepted socket and the link behind it.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Bytes, CloseReason, Door, Link, Peer, Server } from "../../core/index.ts";
import type { Home, HomeConnection } from "../scope.ts";
import { realSetImmediate } from "../time/real-time.ts";
import { readInPlace } from "./read-in-place.ts";

/** Whose connections come in, and by which door. */
export interface Entrance {
  readonly home: Home;
  readonly serverName: string;
  readonly door: Door;
}

/** Serves a socket that was accepted and is paused; gives the one to close. One write leaves for each turn of the server. */
export function serveSocket(accepted: Socket, entrance: Entrance): Socket {
  const socket = readInPlace(accepted, (chunk) => connection.receive(chunk));
  const connection = new SocketConnection(socket, socket, entrance);
  return socket;
}

/** The same for one that encrypts what travels by another. */
export function serveEncrypted(socket: TLSSocket, transport: Socket, entrance: Entrance): void {
  const connection = new SocketConnection(socket, transport, entrance);
  socket.on("data", (chunk: Buffer) => connection.receive(chunk));
}

/**
 * Sockets with something to send. It leaves when every request that has arrived is read: a client that is woken by its
 * first reply then finds the others there, which spares the system a wake-up for each write.
 */
let unsent: SocketConnection[] = [];
/** So much is not kept: it leaves at once, for no string may hold all that a turn can bring. */
const LARGE_CHARS = 1 << 20;

function sendAll(): void {
  const connections = unsent;
  unsent = [];
  for (const connection of connections) connection.send();
}

/** Belongs to its deployment, whatever test runs in this process. */
class SocketConnection implements Peer, HomeConnection {
  readonly binding;
  readonly #socket: Socket;
  /** What a reset breaks. */
  readonly #transport: Socket;
  readonly #home: Home;
  readonly #serverName: string;
  readonly link: Link;
  #pending: Bytes = "";

  constructor(socket: Socket, transport: Socket, { home, serverName, door }: Entrance) {
    this.binding = { scope: undefined, home };
    this.#socket = socket;
    this.#transport = transport;
    this.#home = home;
    this.#serverName = serverName;
    const { remoteAddress, remotePort, localAddress } = socket;
    const from = remoteAddress === undefined ? {} : { clientAddress: `${remoteAddress}:${remotePort}` };
    const to = localAddress === undefined ? {} : { dialled: localAddress.replace(/^::ffff:/, "") };
    home.clock.enter();
    this.link = this.#server.connect({ peer: this, door, ...from, ...to });
    home.clock.leave();
    home.connections.add(this);
    socket.on("close", this.#closed);
    socket.on("error", () => {}); // a reset; "close" follows
  }

  get description(): string {
    return `a client at ${this.link.client.address}, over a real socket`;
  }

  receive(chunk: Uint8Array): void {
    const { clock } = this.#home;
    clock.enter();
    this.link.receive(chunk);
    clock.leave();
  }

  readonly #closed = (): void => {
    this.#home.connections.delete(this);
    this.#home.clock.enter();
    this.link.end();
    this.#home.clock.leave();
  };

  write(bytes: Bytes): void {
    if (this.#pending === "" && unsent.push(this) === 1) realSetImmediate(sendAll);
    this.#pending += bytes;
    if (this.#pending.length > LARGE_CHARS) this.send();
  }

  send(): void {
    const bytes = this.#pending;
    this.#pending = "";
    if (bytes !== "") this.#socket.write(bytes, "latin1");
  }

  get backlogBytes(): number {
    return this.#pending.length + this.#socket.writableLength;
  }

  /** What the kernel has taken still arrives. */
  discardBacklog(): void {
    this.#pending = "";
    this.#socket.destroy();
  }

  close(reason: CloseReason): void {
    this.send();
    if (reason === "end") this.#socket.end();
    else this.reset();
  }

  get busy(): boolean {
    return this.link.busy || this.link.client.busy;
  }

  moveTo(home: Home | undefined): void {
    if (home !== this.#home || this.link.client.busy) this.reset();
    else this.#server.connections.adopt(this.link);
  }

  /** The one of its name, whichever that is by now. */
  get #server(): Server {
    return this.#home.engineNamed(this.#serverName) ?? this.#home.main;
  }

  /** Unix sockets know no reset, and a socket that is closing already takes none: Node would never close it then. */
  reset(): void {
    const transport = this.#transport;
    if (transport.remoteAddress === undefined || this.#socket.writableEnded) transport.destroy();
    else transport.resetAndDestroy();
    this.#socket.destroy();
  }

  sever(): void {
    this.reset();
  }
}
