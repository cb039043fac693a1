// A real socket in front of a simulated server: for other processes, other languages, redis-cli and redis-benchmark.
import { existsSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import net from "node:net";
import { dirname } from "node:path";
import { showAddress, type Address } from "../addresses.ts";
import { currentRedouble } from "../current.ts";
import type { Home } from "../scope.ts";
import { toBytes } from "../text.ts";
import { acceptPlain } from "./accept.ts";
import { encryptionOf, type ClientCredentials, type Encryption, type Parameters } from "./encryption.ts";
import { Gate } from "./gate.ts";
import type { Entrance } from "./serve-socket.ts";

export interface ListenOptions {
  /** Whose server answers. Default: the current redouble. */
  readonly redouble?: Home;
  /** Which of its servers, by name. Default: the first. */
  readonly server?: string;
  /** Default 127.0.0.1: a test double belongs to this machine. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Listens on a unix socket instead, which may be opened by whom `unixsocketperm` says. What a crashed process left there is removed. */
  readonly path?: string;
  /**
   * Speaks TLS, as the server's configuration says: `tls-cert-file`, `tls-key-file`, `tls-ca-cert-file`, `tls-auth-clients`, ... Where
   * that names no certificate one is made, which needs the package `selfsigned`.
   */
  readonly tls?: boolean;
}

/** CONFIG SET of `port`, `tls-port` and `bind` moves it: what it says of itself is what holds now. */
export interface Listener {
  /** `redis://127.0.0.1:40123`, `rediss://` with TLS, or `unix:///tmp/redis.sock`. */
  readonly url: string;
  /** Undefined for a unix socket, like `port`. */
  readonly host: string | undefined;
  /** Undefined while it is closed, as after CONFIG SET port 0, too. */
  readonly port: number | undefined;
  readonly path: string | undefined;
  /** With TLS: what a client needs to trust it, and to be trusted. */
  readonly tls: ClientCredentials | undefined;
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
  const serverName = options.server ?? home.main.name;
  const engine = home.engineNamed(serverName);
  if (engine === undefined) throw new TypeError(`There is no server "${serverName}" in this deployment.`);
  if (options.tls === true && "path" in address) throw new TypeError("A unix socket speaks no TLS: give it a port.");
  if ("path" in address) {
    return await listenAtPath(address, { home, serverName, door: { kind: "unix", path: toBytes(address.path) } });
  }
  const encryption = options.tls === true ? await encryptionAt(address, engine.config) : undefined;
  const kind = encryption === undefined ? "tcp" : "tls";
  const gate = new Gate({ home, serverName, door: { kind } }, kind, address.host, encryption);
  await gate.open(address.port, (server) => opened(server, address));
  const host = (): string => gate.movedHost ?? address.host;
  return {
    get url() {
      return `${kind === "tls" ? "rediss" : "redis"}://${showAddress({ host: host(), port: gate.port ?? 0 })}`;
    },
    get host() {
      return host();
    },
    get port() {
      return gate.port;
    },
    path: undefined,
    tls: encryption?.forClients,
    close: once(() => gate.close()),
  };
}

/** A socket in the file system, which stays where it is. */
async function listenAtPath(address: { readonly path: string }, entrance: Entrance): Promise<Listener> {
  const sockets = new Set<net.Socket>();
  const server = acceptPlain(entrance, sockets);
  const { home, serverName } = entrance;
  await removeStale(address.path);
  await opened(server, address);
  await permit(address.path, (home.engineNamed(serverName) ?? home.main).config.text("unixsocketperm"));
  return {
    url: `unix://${address.path}`,
    host: undefined,
    port: undefined,
    path: address.path,
    tls: undefined,
    close: once(() => closed(server, sockets)),
  };
}

/** @throws Error when the certificates will not do, in one line that says so */
async function encryptionAt(address: Address, config: Parameters): Promise<Encryption> {
  try {
    return await encryptionOf(config, "host" in address ? [address.host] : []);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot listen on ${showAddress(address)} with TLS: ${reason}`, { cause: error });
  }
}

/** `unixsocketperm`, where it says anything. */
async function permit(path: string, permissions: string): Promise<void> {
  const mode = Number.parseInt(permissions, 8);
  if (mode > 0) await chmod(path, mode);
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
