// A door of a server at real ports: its host opens it somewhere, CONFIG SET moves it, and who has come in stays.
import type net from "node:net";
import type tls from "node:tls";
import type { Doorkeeper, Place, PortKind } from "../../core/index.ts";
import { acceptEncrypted, acceptPlain, encryptAnew } from "./accept.ts";
import { Encryption, type Parameters } from "./encryption.ts";
import type { Entrance } from "./serve-socket.ts";
import { tryAddresses, type Tried, type TriedAddress } from "./try-addresses.ts";

/** A server that speaks TLS, or one that does not. */
type Opened =
  | { readonly encrypts: true; readonly server: tls.Server }
  | { readonly encrypts: false; readonly server: net.Server };

/** What Linux says where the machine has no such address, or no such network: a word with a hyphen in front need not be there. */
const NO_SUCH_ADDRESS = "EADDRNOTAVAIL";
const NO_SUCH_NETWORK = ["ENOPROTOOPT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EPFNOSUPPORT", "EAFNOSUPPORT"];

export class Gate implements Doorkeeper {
  readonly kind: PortKind;
  readonly #entrance: Entrance;
  #encryption: Encryption | undefined;
  readonly #sockets = new Set<net.Socket>();
  readonly #opened: Opened[] = [];
  /** Where its host opened it; port 0 where CONFIG SET did. */
  #own: { readonly host: string; readonly port: number };
  /** Where it is, as it was told last. */
  #place: Place = {};
  #words: readonly string[] = [];
  readonly #beside: Gate[] = [];
  readonly #forget: () => void;

  constructor(entrance: Entrance, kind: PortKind, host: string, encryption: Encryption | undefined) {
    this.kind = kind;
    this.#entrance = entrance;
    this.#encryption = encryption;
    this.#own = { host, port: 0 };
    this.#forget = entrance.home.world.doorkeepers.add(entrance.serverName, this);
  }

  /** Opens it for the first time; `opens` resolves when a server listens. Port 0 is a free one. */
  async open(port: number, opens: (server: net.Server) => Promise<void>): Promise<void> {
    const { server } = this.#serve();
    try {
      await opens(server);
    } catch (error) {
      await this.close();
      throw error;
    }
    const bound = server.address();
    if (bound !== null && typeof bound === "object") this.#own = { host: bound.address, port: bound.port };
    else this.#own = { ...this.#own, port };
    this.#words = [this.#own.host];
  }

  /** Undefined while it is closed. */
  get port(): number | undefined {
    return this.#opened.length === 0 ? undefined : (this.#place.port ?? this.#own.port);
  }

  /** Where `bind` has moved it; undefined where its host opened it. */
  get movedHost(): string | undefined {
    const bound = this.#place.words === undefined ? undefined : this.#opened[0]?.server.address();
    return bound !== null && typeof bound === "object" ? bound.address : undefined;
  }

  canEncryptWith(parameters: Parameters): boolean {
    const current = this.#entrance.home.engineNamed(this.#entrance.serverName)?.config;
    // Nobody encrypts here until there is a port for it.
    if (this.kind !== "tls" && parameters.text("tls-port") === current?.text("tls-port")) return true;
    return this.#encryptionAfter(parameters) !== undefined;
  }

  encryptWith(parameters: Parameters): void {
    const next = this.kind === "tls" ? this.#encryptionAfter(parameters) : undefined;
    if (next === undefined) return;
    this.#encryption = next;
    for (const opened of this.#opened) if (opened.encrypts) encryptAnew(opened.server, next);
  }

  #encryptionAfter(parameters: Parameters): Encryption | undefined {
    try {
      return this.#encryption?.after(parameters) ?? new Encryption(parameters, undefined);
    } catch {
      return undefined;
    }
  }

  listen(place: Place): readonly string[] | undefined {
    if (isSame(place, this.#place)) return this.#words;
    this.#shut();
    const port = place.port ?? this.#own.port;
    const words = place.words ?? [this.#own.host];
    const wanted = port === 0 ? [] : words.map((word) => addressOf(word, port, place.words !== undefined));
    const tried = wanted.length === 0 ? [] : tryAddresses(wanted);
    if (!tried.every((one, at) => "address" in one || isDispensable(one.code, words[at]!))) {
      this.#place = { port: 0 };
      return undefined;
    }
    for (const [at, one] of tried.entries()) if ("address" in one) this.#serveAt(wanted[at]!, one);
    this.#place = place;
    this.#words = words.slice(0, this.#opened.length);
    return this.#words;
  }

  /** It listens before anything else is read: an address needs no looking up. */
  #serveAt(wanted: TriedAddress, { address }: Extract<Tried, { readonly address: string }>): void {
    const { server } = this.#serve();
    const { home, serverName } = this.#entrance;
    // Somebody took it since.
    server.on("error", ({ message }) => {
      home.engineNamed(serverName)?.log(3, `Warning: Could not create server TCP listening socket: ${message}`);
    });
    server.listen({ ...wanted, host: address });
  }

  #serve(): Opened {
    const first = this.#encryption;
    const opened: Opened =
      first !== undefined
        ? { encrypts: true, server: acceptEncrypted(this.#entrance, this.#sockets, () => this.#encryption ?? first) }
        : { encrypts: false, server: acceptPlain(this.#entrance, this.#sockets) };
    this.#opened.push(opened);
    return opened;
  }

  openBeside(kind: PortKind, place: Place, parameters: Parameters): readonly string[] | undefined {
    const encryption = kind === "tls" ? this.#encryptionAfter(parameters) : undefined;
    if (kind === "tls" && encryption === undefined) return undefined;
    const gate = new Gate({ ...this.#entrance, door: { kind } }, kind, this.#own.host, encryption);
    const words = gate.listen(place);
    if (words === undefined) void gate.close();
    else this.#beside.push(gate);
    return words;
  }

  /** Nobody comes in any more. */
  #shut(): void {
    for (const { server } of this.#opened.splice(0)) server.close();
    this.#words = [];
  }

  /** Closes it, and every connection through it. */
  async close(): Promise<void> {
    this.#forget();
    for (const socket of this.#sockets) socket.destroy();
    const closing = this.#opened.splice(0).map(({ server }) => new Promise((resolve) => server.close(resolve)));
    await Promise.all([...closing, ...this.#beside.splice(0).map((gate) => gate.close())]);
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.port === other.port && one.words?.join(" ") === other.words?.join(" ");
}

function addressOf(word: string, port: number, isOfBind: boolean): TriedAddress {
  const host = isOfBind ? word.replace(/^-/, "") : word;
  if (host === "*") return { host: "0.0.0.0", port, ipv6Only: false };
  return { host: host === "::*" ? "::" : host, port, ipv6Only: isOfBind && host.includes(":") };
}

function isDispensable(code: string, word: string): boolean {
  return NO_SUCH_NETWORK.includes(code) || (code === NO_SUCH_ADDRESS && word.startsWith("-"));
}
