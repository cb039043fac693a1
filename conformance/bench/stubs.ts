/** Streams that answer +OK at once, whatever was asked: the most that a client can do with a server that costs nothing. */
import { EventEmitter } from "node:events";
import { Duplex } from "node:stream";

const OK = Buffer.from("+OK\r\n");
const EMPTY_MAP = Buffer.from("%0\r\n");
/** The greeting is among the first writes; later ones are not looked at. */
const GREETING_WRITES = 8;

/** Both clients write one request at a time. HELLO wants a map. */
function replyTo(chunk: unknown, writes: number): Buffer {
  return writes <= GREETING_WRITES && String(chunk).includes("HELLO") ? EMPTY_MAP : OK;
}

/** The stub as applications write one: a stream of Node's. */
export class DuplexStub extends Duplex {
  connecting = true;
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 1;
  #writes = 0;

  constructor() {
    super({ decodeStrings: false });
    setImmediate(() => {
      this.connecting = false;
      this.emit("connect");
      this.emit("ready");
    });
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    const reply = replyTo(chunk, ++this.#writes);
    queueMicrotask(() => this.push(reply));
    done();
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** The same without the machinery of streams: as little as a client can be given. */
export class BareStub extends EventEmitter {
  connecting = true;
  readonly readable = true;
  writable = true;
  readonly destroyed = false;
  readonly writableNeedDrain = false;
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 1;
  #writes = 0;
  readonly #ok = (): void => void this.emit("data", OK);

  constructor() {
    super();
    setImmediate(() => {
      this.connecting = false;
      this.emit("connect");
      this.emit("ready");
    });
  }

  write(chunk: unknown): boolean {
    const reply = replyTo(chunk, ++this.#writes);
    queueMicrotask(reply === OK ? this.#ok : () => this.emit("data", reply));
    return true;
  }

  cork(): void {}
  uncork(): void {}
  resume(): this {
    return this;
  }
  end(): this {
    return this.destroy();
  }
  destroy(): this {
    if (this.writable) setImmediate(() => this.emit("close", false));
    this.writable = false;
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** What the option `Connector` of ioredis takes. */
export function connectorTo(Stub: typeof DuplexStub | typeof BareStub): unknown {
  return class {
    readonly #stream = new Stub();

    connect(): Promise<unknown> {
      return Promise.resolve(this.#stream);
    }

    disconnect(): void {
      this.#stream.destroy();
    }

    check(): boolean {
      return true;
    }
  };
}
