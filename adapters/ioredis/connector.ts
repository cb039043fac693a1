// The public way into ioredis: a Connector whose streams end in the simulated server of the client's own scope.
import type { Address } from "../addresses.ts";
import { currentRedouble } from "../current.ts";
import type { Binding } from "../scope.ts";
import { bindHere } from "../stream/connection.ts";
import { MemorySocket } from "../stream/memory-socket.ts";

/** The options of ioredis that say where to connect. */
export interface ConnectorOptions {
  readonly host?: string | undefined;
  readonly port?: number | string | undefined;
  readonly path?: string | undefined;
  readonly tls?: unknown;
}

/** What the option `Connector` of ioredis 5 and 6 takes. */
export class RedoubleConnector {
  readonly #options: ConnectorOptions;
  readonly #binding: Binding;
  #stream: MemorySocket | undefined;
  connecting = false;
  /** ioredis reads why the last attempt failed. */
  firstError: Error | undefined;

  constructor(options: ConnectorOptions) {
    currentRedouble(); // there must be one
    this.#options = options;
    this.#binding = bindHere();
  }

  /** ioredis asks whether the server that it found is the right one. */
  check(_info: unknown): boolean {
    return true;
  }

  connect(_emit?: unknown): Promise<MemorySocket> {
    this.connecting = true;
    const stream = new MemorySocket({
      address: addressOf(this.#options),
      binding: this.#binding,
      anyAddress: true,
      secure: Boolean(this.#options.tls),
    });
    stream.once("error", (error: Error) => {
      this.firstError = error;
    });
    this.#stream = stream;
    return Promise.resolve(stream);
  }

  disconnect(): void {
    this.connecting = false;
    this.#stream?.destroySoon();
  }
}

function addressOf({ host, port, path }: ConnectorOptions): Address {
  if (path) return { path };
  return { host: host || "localhost", port: Number(port ?? 6379) };
}
