// A socket without a network: what `net.connect` gives to an application whose server lives in the same process.
import * as net from "node:net";
import type { CloseReason } from "../../core/index.ts";
import { ipOf, showAddress, type Address } from "../addresses.ts";
import { monotonicMs, realClearTimeout, realNextTick, realSetImmediate, realSetTimeout } from "../time/real-time.ts";
import type { Binding } from "../scope.ts";
import { Connection, type Receiver } from "./connection.ts";
import { encode } from "./encode.ts";

export interface MemorySocketOptions {
  readonly address: Address;
  readonly binding: Binding;
  /** Reach the main server even where nothing is registered at the address. */
  readonly anyAddress?: boolean;
  /** Behave as a TLS socket whose handshake went well. */
  readonly secure?: boolean;
  readonly allowHalfOpen?: boolean;
  readonly signal?: AbortSignal;
}

type WriteCallback = (error?: Error | null) => void;

/** What `net.Socket` has and its types do not show. */
interface Internals {
  connecting: boolean;
}

/**
 * A `net.Socket` whose other end is a simulated server. It connects in a turn of the event loop, as a real one does.
 * While nothing is buffered, writes and replies bypass the machinery of streams: that is most of its speed.
 */
export class MemorySocket extends net.Socket implements Receiver {
  readonly #options: MemorySocketOptions;
  /** Set once it is connected, and until one side closes. */
  #connection: Connection | undefined;
  #waiting: (() => void) | undefined;
  #corks = 0;
  /** What was corked as text; the rest, in order, once something else came. */
  #corksText = false;
  #corkedText = "";
  #corked: (string | Uint8Array)[] | undefined;
  #ended = false;
  /** Nothing more is heard: destroyed, or the server closed. */
  #deaf = false;
  #localAddress = "";
  #idleTimer: NodeJS.Timeout | undefined;
  #activeAt = 0;
  #sentBytes = 0;
  #receivedBytes = 0;

  constructor(options: MemorySocketOptions) {
    super({ allowHalfOpen: options.allowHalfOpen ?? false, ...(options.signal && { signal: options.signal }) });
    this.#options = options;
    internals(this).connecting = true;
    if (options.secure === true) Object.assign(this, SECURE);
    realSetImmediate(() => this.#connect());
  }

  #connect(): void {
    if (this.destroyed) return;
    internals(this).connecting = false;
    try {
      this.#connection = new Connection(this.#options, this);
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    this.#localAddress = this.#connection.localAddress;
    this.emit("connect");
    this.emit("ready");
    if (this.#options.secure === true) this.emit("secureConnect");
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  // What the application sends.

  override write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    if (this.#corksText && typeof chunk === "string" && encoding === undefined) {
      this.#corkedText += chunk;
      return true;
    }
    const plain = encoding === undefined && (typeof chunk === "string" || chunk instanceof Uint8Array);
    if (!plain || this.#connection === undefined || this.#ended || this.writableLength > 0) {
      this.#spill();
      return super.write(chunk as Uint8Array, encoding as BufferEncoding, callback as WriteCallback);
    }
    if (this.#corks === 0) this.#send(chunk);
    else {
      this.#corksText = false;
      (this.#corked ??= [this.#corkedText]).push(chunk);
    }
    return true;
  }

  override cork(): void {
    this.#corks++;
    const flows = this.#connection !== undefined && !this.#ended && this.writableLength === 0;
    this.#corksText = flows && this.#corked === undefined;
  }

  override uncork(): void {
    if (this.#corks > 0) this.#corks--;
    if (this.#corks === 0) this.#spill();
  }

  override end(...last: readonly unknown[]): this {
    this.#corks = 0;
    this.#spill();
    this.#ended = true;
    return super.end(...(last as []));
  }

  /** Sends what was corked in one piece. */
  #spill(): void {
    const text = this.#corkedText;
    const pieces = this.#corked;
    this.#corksText = false;
    this.#corkedText = "";
    this.#corked = undefined;
    if (pieces !== undefined) {
      this.#send(Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece))));
    } else if (text !== "") {
      this.#send(text);
    }
  }

  #send(chunk: string | Uint8Array, encoding: BufferEncoding = "utf8"): void {
    const bytes = typeof chunk === "string" ? encode(chunk, encoding) : chunk;
    this.#sentBytes += bytes.length;
    if (this.timeout) this.#active();
    // Text of which every char became one byte is a byte string already.
    const same = typeof chunk === "string" && chunk.length === bytes.length && encoding === "utf8";
    this.#connection?.send(bytes, same ? chunk : undefined);
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, callback: WriteCallback): void {
    this.#whenConnected(() => {
      try {
        this.#send(chunk, encoding);
      } catch (error) {
        callback(error as Error);
        return;
      }
      callback();
    });
  }

  override _writev(
    chunks: readonly { readonly chunk: string | Uint8Array; readonly encoding: BufferEncoding }[],
    callback: WriteCallback,
  ): void {
    this.#whenConnected(() => {
      this.#send(
        Buffer.concat(
          chunks.map(({ chunk, encoding }) => (typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk)),
        ),
      );
      callback();
    });
  }

  override _final(callback: WriteCallback): void {
    this.#whenConnected(() => {
      this.#hangUp();
      callback();
      // The server closes its end in turn.
      realSetImmediate(() => {
        if (!this.destroyed && !this.readableEnded) this.push(null);
      });
    });
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    internals(this).connecting = false;
    this.#ended = true;
    this.#deaf = true;
    this.#hangUp();
    this.setTimeout(0);
    callback(error);
    realNextTick(() => this.emit("close", error !== null));
  }

  #hangUp(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end();
  }

  #whenConnected(act: () => void): void {
    if (this.connecting) this.#waiting = act;
    else act();
  }

  // What the server sends.

  serverSent(bytes: Buffer): void {
    if (this.#deaf) return;
    this.#receivedBytes += bytes.length;
    if (this.timeout) this.#active();
    if (this.readableFlowing === true && this.readableLength === 0 && this.readableEncoding === null) {
      this.emit("data", bytes);
    } else {
      this.push(bytes);
    }
  }

  get backlogBytes(): number {
    return this.readableLength;
  }

  serverClosed(reason: CloseReason): void {
    this.#connection = undefined;
    if (this.destroyed) return;
    if (reason === "end") this.push(null);
    else
      this.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104, syscall: "read" }));
  }

  override _read(): void {}

  // Idle sockets. Node's own timers of this kind cost more than a command.

  override setTimeout(timeoutMs: number, callback?: () => void): this {
    Object.assign(this, { timeout: timeoutMs });
    realClearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    if (timeoutMs > 0) this.#active();
    if (callback !== undefined) {
      if (timeoutMs > 0) this.once("timeout", callback);
      else this.removeListener("timeout", callback);
    }
    return this;
  }

  #active(): void {
    this.#activeAt = monotonicMs();
    if (this.#idleTimer === undefined) this.#watchIdle(this.timeout ?? 0);
  }

  #watchIdle(delayMs: number): void {
    this.#idleTimer = realSetTimeout(() => {
      const leftMs = this.#activeAt + (this.timeout ?? 0) - monotonicMs();
      this.#idleTimer = undefined;
      if (leftMs > 0) this.#watchIdle(leftMs);
      else this.emit("timeout");
    }, delayMs);
    this.#idleTimer.unref();
  }

  // What a socket tells about itself.

  override setNoDelay(): this {
    return this;
  }

  override setKeepAlive(): this {
    return this;
  }

  override ref(): this {
    return this;
  }

  override unref(): this {
    return this;
  }

  override address(): net.AddressInfo | Record<string, never> {
    const at = endpoint(this.#localAddress);
    return at === undefined ? {} : { address: at.address, port: at.port, family: at.family };
  }

  override resetAndDestroy(): this {
    return this.destroy();
  }

  /** The connection underneath, while it is open. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** For the properties below, which `net.Socket` declares as plain ones. */
  static {
    const read = <V>(get: (socket: MemorySocket) => V): PropertyDescriptor & ThisType<MemorySocket> => ({
      configurable: true,
      get(this: MemorySocket) {
        return get(this);
      },
    });
    const remote = (socket: MemorySocket) => endpoint(showAddress(socket.#options.address));
    Object.defineProperties(MemorySocket.prototype, {
      bytesRead: read((socket) => socket.#receivedBytes),
      bytesWritten: read((socket) => socket.#sentBytes + socket.writableLength),
      pending: read((socket) => socket.#connection === undefined),
      remoteAddress: read((socket) => remote(socket)?.address),
      remotePort: read((socket) => remote(socket)?.port),
      remoteFamily: read((socket) => remote(socket)?.family),
      localAddress: read((socket) => endpoint(socket.#localAddress)?.address),
      localPort: read((socket) => endpoint(socket.#localAddress)?.port),
      localFamily: read((socket) => endpoint(socket.#localAddress)?.family),
    });
  }
}

/** What applications ask of a TLS socket. */
const SECURE = {
  encrypted: true,
  authorized: true,
  authorizationError: null,
  alpnProtocol: false,
  getPeerCertificate: () => ({}),
  getCertificate: () => ({}),
  getProtocol: () => "TLSv1.3",
  getCipher: () => ({ name: "TLS_AES_256_GCM_SHA384", standardName: "TLS_AES_256_GCM_SHA384", version: "TLSv1.3" }),
  getSession: () => undefined,
  isSessionReused: () => false,
} as const;

function internals(socket: net.Socket): Internals {
  return socket;
}

/** `host:port` taken apart; undefined for a path. */
function endpoint(text: string): { address: string; port: number; family: "IPv4" | "IPv6" } | undefined {
  const match = /^\[?(.+?)\]?:(\d+)$/.exec(text);
  if (match === null || text.startsWith("/")) return undefined;
  const address = ipOf(match[1]!);
  return { address, port: Number(match[2]), family: address.includes(":") ? "IPv6" : "IPv4" };
}
