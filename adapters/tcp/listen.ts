// A real socket in front of a simulated server: for other processes, other languages, redis-cli and redis-benchmark.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import net from "node:net";
import { dirname } from "node:path";
import { showAddress, type Address } from "../addresses.ts";
import { currentRedouble } from "../current.ts";
import type { Home } from "../scope.ts";
import { serveSocket } from "./serve-socket.ts";

export interface ListenOptions {
  /** Whose server answers. Default: the current redouble. */
  readonly redouble?: Home;
  /** Which of its servers, by name. Default: the first. */
  readonly server?: string;
  /** Default 127.0.0.1: a test double belongs to this machine. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Listens on a unix socket instead. What a crashed process left there is removed. */
  readonly path?: string;
}

export interface Listener {
  /** `redis://127.0.0.1:40123`, or `unix:///tmp/redis.sock`. */
  readonly url: string;
  /** Undefined for a unix socket, like `port`. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
  /** Stops listening and closes every connection. Closing twice does no harm. */
  close(): Promise<void>;
}

/**
 * Opens a real socket; resolves when it listens.
 *
 * @throws Error when the address is taken or not allowed, in one line that says so
 */
export async function listen(options: ListenOptions = {}): Promise<Listener> {
  const home = options.redouble ?? currentRedouble();
  const address = addressOf(options);
  const name = options.server ?? home.main.name;
  if (home.engineNamed(name) === undefined) throw new TypeError(`There is no server "${name}" in this deployment.`);
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
    if (!(home.engineNamed(name) ?? home.main).listens) {
      accepted.resetAndDestroy();
      return;
    }
    const socket = serveSocket(accepted, home, name);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  if ("path" in address) await removeStale(address.path);
  await opened(server, address);
  const bound = server.address();
  const port = bound !== null && typeof bound === "object" ? bound.port : undefined;
  return {
    url: "path" in address ? `unix://${address.path}` : `redis://${showAddress({ ...address, port: port ?? 0 })}`,
    host: "path" in address ? undefined : address.host,
    port,
    path: "path" in address ? address.path : undefined,
    close: once(() => closed(server, sockets)),
  };
}

function addressOf({ host = "127.0.0.1", port = 0, path }: ListenOptions): Address {
  return path === undefined ? { host, port } : { path };
}

function opened(server: net.Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(address, error)));
    const opens = (): void => {
      server.removeAllListeners("error");
      resolve();
    };
    try {
      server.listen(address, opens);
    } catch (error) {
      reject(cannotListen(address, error as NodeJS.ErrnoException)); // a port that cannot be
    }
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is taken by another process",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "there is no such host",
  ERR_SOCKET_BAD_PORT: "ports end at 65535",
};

function cannotListen(address: Address, error: NodeJS.ErrnoException): Error {
  // Node says EACCES where the folder of a unix socket is missing.
  const homeless = "path" in address && !existsSync(dirname(address.path));
  const reason = homeless ? "its folder does not exist" : (REASONS[error.code ?? ""] ?? error.message);
  return Object.assign(
    new Error(`Cannot listen on ${showAddress(address)}: ${reason} (${error.code}).`, { cause: error }),
    {
      code: error.code,
    },
  );
}

/** Removes a unix socket that nobody listens on any more; one that answers stays, and `listen` reports it as taken. */
async function removeStale(path: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = net.connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  if (code === "ECONNREFUSED") await rm(path, { force: true });
}

function closed(server: net.Server, sockets: ReadonlySet<net.Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function once<T>(act: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: act() }).value;
}
