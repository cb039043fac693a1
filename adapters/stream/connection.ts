// The application's end of a link: belongs to a scope, hands bytes over in the world's time, and delivers replies later.
import type { Bytes, CloseReason, Door, Link, Peer, Server } from "../../core/index.ts";
import { toBytes } from "../text.ts";
import type { Address } from "../addresses.ts";
import { addressKey, showAddress } from "../addresses.ts";
import { callerHere } from "../net/caller.ts";
import {
  allHomes,
  currentScope,
  freeHome,
  runIn,
  type Binding,
  type Home,
  type HomeConnection,
  type Scope,
} from "../scope.ts";
import { deliverLater, throwUncaught } from "./delivery.ts";
import { toBuffer } from "./encode.ts";

/** The binding of a client that is made here and now. */
export function bindHere(address?: Address): Binding {
  const scope = currentScope();
  return scope === undefined ? { scope } : { scope, site: callerHere(address) };
}

/** What a connection tells the stream above it. */
export interface Receiver {
  /** Bytes from the server. */
  serverSent(bytes: Buffer): void;
  /** The server closed its end, or reset the connection. */
  serverClosed(reason: CloseReason): void;
  /** Bytes that the application has not read yet. */
  readonly backlogBytes: number;
}

export interface DialOptions {
  readonly address: Address;
  readonly binding: Binding;
  /** Reach the main server even where nothing is registered at the address. */
  readonly anyAddress?: boolean;
  /** By TLS. */
  readonly secure?: boolean;
}

/** Why a dial fails. Its message stands where Node's would, with the reason behind it. */
export class ConnectionRefused extends Error {
  override readonly name = "Error";
  readonly code = "ECONNREFUSED";
  readonly errno = -111;
  readonly syscall = "connect";
  readonly address: string;
  readonly port: number | undefined;

  constructor(address: Address, reason: string) {
    super(`connect ECONNREFUSED ${showAddress(address)} (redouble: ${reason})`);
    this.address = "path" in address ? address.path : address.host;
    this.port = "path" in address ? undefined : address.port;
  }
}

/** From here on what waits to be delivered is kept in pieces. */
const PIECE_CHARS = 1 << 20;

export class Connection implements Peer, HomeConnection {
  readonly address: Address;
  readonly binding: Binding;
  readonly #receiver: Receiver;
  #home: Home;
  readonly #link: Link;
  #pending: Bytes = "";
  /** What came before it: no string may hold all that a turn can bring. */
  #pieces: Bytes[] = [];
  #scheduled = false;
  #closing: CloseReason | undefined;
  /** The test that used it last, for clients from outside of tests. */
  #user: Scope | undefined;
  #severed = false;

  /** @throws ConnectionRefused when nobody answers there */
  constructor({ address, binding, anyAddress, secure = false }: DialOptions, receiver: Receiver) {
    this.address = address;
    this.binding = binding;
    this.#receiver = receiver;
    this.#home = findHome(address, binding, anyAddress ?? false);
    this.#home.clock.enter();
    const server = this.#home.route(address) ?? this.#home.main;
    if (!server.listens) throw new ConnectionRefused(address, `the server "${server.name}" is down`);
    if (!this.#home.hears(address)) throw new ConnectionRefused(address, whereElse(server));
    this.#home.world.bytesMoved++; // a SYN: somebody is still busy
    if ("port" in address && server.doors.tlsPort !== 0) checkEncryption(address, server, secure);
    const dialled = "host" in address ? { dialled: toBytes(address.host) } : {};
    this.#link = server.connect({ peer: this, door: doorAt(address, secure), ...dialled });
    this.#home.connections.add(this);
    this.#home.clock.leave();
  }

  get link(): Link {
    return this.#link;
  }

  /** Where this end stands, as CLIENT LIST shows it. */
  get localAddress(): string {
    return this.#link.client.address;
  }

  /** How messages call it. */
  get description(): string {
    const { name, libraryName, address } = this.#link.client;
    const who = [name && `"${name}"`, libraryName].filter(Boolean).join(" ");
    return `${who === "" ? "a client" : `the client ${who}`} at ${address}, connected to ${showAddress(this.address)}`;
  }

  /**
   * Hands bytes to the server, which reads them in place.
   *
   * @throws Error when another test's client is used
   */
  send(chunk: Uint8Array, text?: Bytes): void {
    const scope = currentScope();
    if (scope !== undefined) this.#checkUser(scope);
    if (this.#severed) {
      // Its own test's last words are lost like those before them: it would dial anew for ever.
      if (scope !== undefined && scope === this.binding.scope) return;
      this.close("reset");
    }
    const { clock } = this.#home;
    clock.enter();
    this.#link.receive(chunk, text);
    clock.leave();
  }

  /** This end closes. */
  end(): void {
    this.#home.connections.delete(this);
    this.#home.clock.enter();
    this.#home.world.bytesMoved++;
    this.#link.end();
    this.#home.clock.leave();
  }

  /** Cuts the connection, as a network does. */
  reset(): void {
    this.#link.end();
    this.close("reset");
  }

  /**
   * Cuts the connection without a word: its test is over, and whoever left it open has nothing to learn from it. Who uses it
   * all the same, from outside of that test, finds it reset.
   */
  sever(): void {
    this.#severed = true;
    this.end();
  }

  /** Something is under way, or can never be again. */
  get busy(): boolean {
    return this.#link.busy || this.#link.client.busy || this.#scheduled;
  }

  /** Moves to another deployment without the application noticing, when the connection is quiet; resets it otherwise. */
  moveTo(home: Home | undefined): void {
    if (home === undefined || this.busy || this.#link.closed) {
      this.reset();
      return;
    }
    this.#home.connections.delete(this);
    this.#home = home;
    (home.route(this.address) ?? home.main).connections.adopt(this.#link);
    home.connections.add(this);
  }

  get backlogBytes(): number {
    return this.#receiver.backlogBytes;
  }

  write(bytes: Bytes): void {
    this.#pending += bytes;
    if (this.#pending.length > PIECE_CHARS) {
      this.#pieces.push(this.#pending);
      this.#pending = "";
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    deliverLater(this.#deliver);
  }

  close(reason: CloseReason): void {
    this.#closing ??= reason;
    this.#home.connections.delete(this);
    if (this.#scheduled) return;
    this.#scheduled = true;
    deliverLater(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#scheduled = false;
    const pieces = this.#pieces;
    const bytes = this.#pending;
    this.#pending = "";
    if (pieces.length > 0) this.#pieces = [];
    try {
      const { scope } = this.binding;
      if (currentScope() === scope) this.#hand(pieces, bytes);
      else runIn(scope, () => this.#hand(pieces, bytes));
    } catch (error) {
      throwUncaught(error);
    }
  };

  #hand(pieces: readonly Bytes[], bytes: Bytes): void {
    for (const piece of pieces) this.#receiver.serverSent(toBuffer(piece));
    if (bytes !== "") this.#receiver.serverSent(toBuffer(bytes));
    if (this.#closing !== undefined) this.#receiver.serverClosed(this.#closing);
  }

  /** A client belongs to one test at a time. */
  #checkUser(scope: Scope): void {
    const owner = this.binding.scope;
    if (owner === undefined) this.#adoptFor(scope);
    if (scope.home === this.#home) return;
    const other = owner ?? this.#user;
    if (owner?.ended === true) {
      throw misuse(
        `${capital(this.description)}, was made in the test "${owner.name}", which is over. Make the client in the test that uses it.`,
        scope,
      );
    }
    if (other === undefined) return;
    if (scope.ended) {
      throw misuse(
        `The test "${scope.name}" is over, and something in it still uses ${this.description}: await it before the test ends.`,
        scope,
      );
    }
    throw misuse(
      `The tests "${other.name}" and "${scope.name}" run at the same time and share ${this.description}. ` +
        "Each has a server of its own: make a client in each test, or do not run them concurrently.",
      scope,
      other,
    );
  }

  /** A client from outside of tests goes along with the test that uses it, unless another one has it. */
  #adoptFor(scope: Scope): void {
    if (this.binding.home === undefined && !scope.ended && (this.#user === undefined || this.#user.ended)) {
      this.#user = scope;
      if (scope.home !== this.#home) this.moveTo(scope.home);
    }
  }
}

/** Each test fails for it, with an error of its own; the first one's is thrown. */
function misuse(message: string, thrower: Scope, ...others: readonly Scope[]): Error {
  for (const other of others) other.violations.push(new Error(message));
  const error = new Error(message);
  thrower.violations.push(error);
  return error;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function doorAt(address: Address, secure: boolean): Door {
  if ("path" in address) return { kind: "unix", path: toBytes(address.path) };
  return { kind: secure ? "tls" : "tcp" };
}

/** CONFIG SET has moved it. */
function whereElse({ name, doors }: Server): string {
  const ports = [doors.port, doors.tlsPort].filter((port) => port !== 0);
  return `the server "${name}" listens ${ports.length === 0 ? "at no port" : `at ${doors.host}:${ports.join(" and ")}`} now`;
}

/** Where TLS has a port of its own, neither port understands who belongs to the other. */
function checkEncryption(address: Address & { readonly port: number }, { name, doors }: Server, secure: boolean): void {
  if (!doors.isAt(address.port) || doors.understands(address.port, secure)) return;
  const other = secure ? doors.tlsPort : doors.port;
  throw new ConnectionRefused(
    address,
    `${secure ? "TLS is not spoken" : "TLS alone is spoken"} at this port of "${name}"${other === 0 ? "" : `; ${other} is the other one`}`,
  );
}

/** The deployment in which a client of this binding finds a server at this address. */
function findHome(address: Address, binding: Binding, anyAddress: boolean): Home {
  const { scope } = binding;
  if (scope?.ended === true) {
    throw new ConnectionRefused(address, `the test "${scope.name}", which made this client, is over`);
  }
  const home = homeFor(address, binding, anyAddress);
  if (home !== undefined) return home;
  throw new ConnectionRefused(
    address,
    `no simulated server listens at ${addressKey(address)}; see the option "addresses"`,
  );
}

/** Like `findHome`; undefined where nobody listens. */
export function homeFor(address: Address, binding: Binding, anyAddress = false): Home | undefined {
  const own = binding.home ?? binding.scope?.home ?? freeHome();
  if (own !== undefined && !own.stopped && (anyAddress || own.route(address) !== undefined)) return own;
  if (binding.home !== undefined || binding.scope !== undefined) return undefined;
  return allHomes().find((home) => home.route(address) !== undefined);
}
