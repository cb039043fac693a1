// The doors of a server: the ports at which it listens, plain and encrypted, and its socket in the file system. They alone know where a
// server listens; CONFIG SET moves them (config.c: applyBind, updatePort, applyTLSPort; connListen).
import type { Bytes } from "../kernel/bytes.ts";
import type { Doorkeeper, EncryptionParameters, Place, PortKind } from "./doorkeepers.ts";
import { ANY_V4, ANY_V6, addressesOf, boundAddress, covers, isBindable, sameHost } from "./machine-addresses.ts";
import type { Address, Caller } from "./network.ts";
import type { Server } from "./server.ts";

/** What a client came in by. */
export type Door = { readonly kind: PortKind } | { readonly kind: "unix"; readonly path: Bytes };

/** A port without TLS. */
export const PLAIN: Door = { kind: "tcp" };

/** The parameters that say where a server listens. */
export type ListeningParameter = "port" | "tls-port" | "bind";

type Owner = Pick<Server, "name" | "config" | "address" | "world" | "cluster">;

/** A port as it is open now. */
interface Opened {
  /** 0: it is closed. */
  readonly port: number;
  /** Where the host put it: whatever leads there is heard. */
  readonly isAsPlaced: boolean;
  /** The words of `bind` that are listened at, as INFO counts them. */
  readonly words: readonly Bytes[];
  /** What they stand for. */
  readonly addresses: readonly Bytes[];
}

const CLOSED: Opened = { port: 0, isAsPlaced: false, words: [], addresses: [] };

const PARAMETER = { tcp: "port", tls: "tls-port" } as const satisfies Readonly<Record<PortKind, ListeningParameter>>;
/** By the numbers that the kinds of connections have in INFO. */
const KINDS = [
  ["tcp", 0],
  ["tls", 2],
] as const satisfies readonly (readonly [PortKind, number])[];

export class Doors {
  readonly #owner: Owner;
  /** What the parameters said when the server was made: its host put it there. */
  readonly #placed: Readonly<Record<ListeningParameter, Bytes>>;
  readonly #opened: Record<PortKind, Opened>;
  /** To which CONFIG SET has moved it. */
  readonly #ports = new Set<number>();
  /** INFO goes on to list a port that was closed. */
  readonly #everOpened: Record<PortKind, boolean>;

  constructor(owner: Owner) {
    this.#owner = owner;
    const { config } = owner;
    this.#placed = { port: config.text("port"), "tls-port": config.text("tls-port"), bind: config.text("bind") };
    this.#opened = { tcp: this.#asPlaced("tcp"), tls: this.#asPlaced("tls") };
    this.#everOpened = { tcp: this.port !== 0, tls: this.tlsPort !== 0 };
    // Those of the server whose place it takes may be elsewhere.
    for (const keeper of this.#keepers) keeper.listen({});
  }

  /** `port`; 0: it hears nobody who does not encrypt. */
  get port(): number {
    return this.#opened.tcp.port;
  }

  /** `tls-port`; 0: there is none. */
  get tlsPort(): number {
    return this.#opened.tls.port;
  }

  /** The one that stands for the server where it speaks to others of its kind. */
  get processPort(): number {
    return (this.#owner.config.flag("tls-replication") && this.tlsPort) || this.port || this.tlsPort;
  }

  /** Where other processes reach it. */
  get processAddress(): Address {
    return { host: this.host, port: this.processPort };
  }

  /** By which of its addresses it is reached: the one that its host gave it, as long as it listens there. */
  get host(): Bytes {
    const { host } = this.#owner.address;
    const { isAsPlaced, addresses } = this.port === 0 ? this.#opened.tls : this.#opened.tcp;
    if (isAsPlaced || addresses.length === 0 || this.covers(host)) return host;
    return addressesOf(addresses[0]!)[0]!;
  }

  /** Whether the port by which its host reaches it is the one that the host gave it. */
  get isAtItsPlace(): boolean {
    const kind = this.#placed.port === "0" ? "tls" : "tcp";
    return String(this.#opened[kind].port) === this.#placed[PARAMETER[kind]];
  }

  /** The same, and whether `bind` leaves it to the host who is heard. */
  get isAsPlaced(): boolean {
    return this.isAtItsPlace && KINDS.every(([kind]) => this.#opened[kind].port === 0 || this.#opened[kind].isAsPlaced);
  }

  /** Whether CONFIG SET has moved it to a port, now or earlier. */
  hasBeenAt(port: number): boolean {
    return this.#ports.has(port);
  }

  /** How it dials others: with TLS where that parameter says so. */
  callerBy(encryption: "tls-replication" | "tls-cluster"): Caller {
    const { name, config, address } = this.#owner;
    return {
      name,
      host: config.text("bind-source-addr") || address.host,
      ...(config.flag(encryption) && { encryptsWith: config }),
    };
  }

  /** Whether it listens at a port, in whichever way. */
  isAt(port: number): boolean {
    return port !== 0 && (port === this.port || port === this.tlsPort);
  }

  /** Whether `bind` leaves it to be heard at a host of this machine. */
  covers(host: Bytes): boolean {
    return KINDS.some(([kind]) => this.#hears(this.#opened[kind], host));
  }

  /** Whether somebody who dials an address finds it there. */
  hears({ host, port }: Address): boolean {
    if (!this.isAt(port)) return false;
    return KINDS.some(([kind]) => {
      const opened = this.#opened[kind];
      const isPlace = opened.isAsPlaced && sameHost(this.#owner.address.host, host);
      return opened.port === port && (isPlace || (!opened.isAsPlaced && this.#hears(opened, host)));
    });
  }

  #hears({ port, isAsPlaced, addresses }: Opened, host: Bytes): boolean {
    if (port === 0) return false;
    return isAsPlaced || addressesOf(host).some((address) => addresses.some((bound) => covers(bound, address)));
  }

  /** Whether somebody who encrypts, or does not, is understood at a port. */
  understands(port: number, encrypts: boolean): boolean {
    return port === (encrypts ? this.tlsPort : this.port);
  }

  /** A door that is there: who encrypts where TLS has no port of its own is heard all the same. */
  found(door: Door): Door {
    return door.kind === "tls" && this.tlsPort === 0 ? { kind: "tcp" } : door;
  }

  /** The server's end of a connection, as CLIENT LIST shows it; `dialled` is the host that somebody wanted to reach, where it is known. */
  endAt(door: Door, dialled?: Bytes): Bytes {
    if (door.kind === "unix") return `${door.path}:0`;
    const host = dialled === undefined ? this.host : addressesOf(dialled)[0]!;
    const port = door.kind === "tls" ? this.tlsPort : this.port || this.tlsPort;
    return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  }

  /** Who encrypts learns with what. */
  encryptAnew(): void {
    for (const keeper of this.#keepers) keeper.encryptWith(this.#owner.config);
  }

  /**
   * Whether TLS could be spoken so: there is a certificate, as there is where the host had it spoken from the beginning, and what
   * listens for the host gets on with the rest.
   */
  canEncryptWith(parameters: EncryptionParameters): boolean {
    const isSpoken =
      parameters.text("tls-port") !== "0" ||
      parameters.text("tls-cluster") === "yes" ||
      parameters.text("tls-replication") === "yes";
    const isHosts = this.#placed["tls-port"] !== "0" || this.#keepers.some(({ kind }) => kind === "tls");
    if (isSpoken && !isHosts && parameters.text("tls-cert-file") === "") return false;
    return this.#keepers.every((keeper) => keeper.canEncryptWith(parameters));
  }

  get #keepers(): readonly Doorkeeper[] {
    const { world, name } = this.#owner;
    return world.doorkeepers.of(name);
  }

  /**
   * A parameter has another value: what was open by it is closed, and what the parameters say now is opened. Connections stay. False
   * where that cannot be, and then it is closed.
   */
  listen(by: ListeningParameter, parameters: EncryptionParameters): boolean {
    if (by !== "bind") return this.#open(by === "port" ? "tcp" : "tls", parameters);
    if (!this.#open("tcp", parameters)) {
      this.#close("tls");
      return false;
    }
    if (parameters.text("tls-port") === "0" || this.#open("tls", parameters)) return true;
    this.#close("tcp");
    return false;
  }

  /** Its process starts again. What is in the way, where something is. */
  reopen(): Bytes | undefined {
    const { config } = this.#owner;
    for (const [kind] of KINDS) this.#opened[kind] = CLOSED;
    for (const [kind] of KINDS) {
      this.#everOpened[kind] = false;
      if (!this.#open(kind, config))
        return `Failed listening on port ${config.text(PARAMETER[kind])} (${kind}), aborting.`;
    }
    return undefined;
  }

  #close(kind: PortKind): void {
    this.#opened[kind] = CLOSED;
    for (const keeper of this.#keepers) if (keeper.kind === kind) keeper.listen({ port: 0 });
  }

  #open(kind: PortKind, parameters: EncryptionParameters): boolean {
    this.#opened[kind] = CLOSED;
    const [port, bind] = [parameters.text(PARAMETER[kind]), parameters.text("bind")];
    const isPort = port === this.#placed[PARAMETER[kind]];
    const isBind = bind === this.#placed.bind;
    const asked: Place = {
      ...(!isPort && { port: Number(port) }),
      ...(!isBind && { words: bind === "" ? [] : bind.split(" ") }),
    };
    const wanted = isBind ? this.#asPlaced(kind, Number(port)) : this.#readWords(asked.words!, Number(port));
    if (wanted === undefined || this.#isTaken(wanted)) {
      this.#close(kind);
      return false;
    }
    const kept = this.#askKeepers(kind, asked, parameters);
    if (kept === "refused") {
      this.#close(kind);
      return false;
    }
    this.#opened[kind] = kept === "nobody's" || isBind ? wanted : (this.#readWords(kept, Number(port)) ?? wanted);
    if (port !== "0") this.#everOpened[kind] = true;
    if (port !== "0" && !isPort) this.#ports.add(Number(port));
    return true;
  }

  /** Whoever listens at the ports of the machine does so there. */
  #askKeepers(
    kind: PortKind,
    place: Place,
    parameters: EncryptionParameters,
  ): readonly Bytes[] | "nobody's" | "refused" {
    const keepers = this.#keepers;
    const [first, ...others] = keepers.filter((keeper) => keeper.kind === kind);
    if (first === undefined) {
      const [neighbour] = keepers;
      if (neighbour === undefined || place.port === undefined || place.port === 0) return "nobody's";
      return neighbour.openBeside(kind, place, parameters) ?? "refused";
    }
    // Several doors may stand for one port as long as each is where its host opened it.
    const isAsPlaced = place.port === undefined && place.words === undefined;
    for (const other of others) other.listen(isAsPlaced ? {} : { port: 0 });
    return first.listen(place) ?? "refused";
  }

  /** Where the host put it: `bind` is a matter of the host then. */
  #asPlaced(kind: PortKind, port = Number(this.#placed[PARAMETER[kind]])): Opened {
    const { host } = this.#owner.address;
    const words = this.#placed.bind === "" ? [] : this.#placed.bind.split(" ");
    const addresses = host === ANY_V4 ? [ANY_V4, ANY_V6] : addressesOf(host);
    return { port, isAsPlaced: true, words: port === 0 ? [] : words, addresses: port === 0 ? [] : addresses };
  }

  /** What Linux makes of them; undefined where it makes nothing of one. Those with a hyphen in front need not be there. */
  #readWords(words: readonly Bytes[], port: number): Opened | undefined {
    if (port === 0) return CLOSED;
    const addresses: Bytes[] = [];
    for (const word of words) {
      const isOptional = word.startsWith("-");
      const address = boundAddress(isOptional ? word.slice(1) : word, this.#isKnownName);
      if (address === undefined) return undefined;
      if (this.#keepers.length === 0 && !isBindable(address, this.#isKnownName)) {
        if (isOptional) continue;
        return undefined;
      }
      if (addresses.some((other) => covers(other, address) || covers(address, other))) return undefined;
      addresses.push(address);
    }
    return { port, isAsPlaced: false, words: words.slice(0, addresses.length), addresses };
  }

  /** Of this machine; where somebody listens at its ports, that machine knows more. */
  readonly #isKnownName = (name: Bytes): boolean => {
    const { world } = this.#owner;
    return this.#keepers.length > 0 || world.servers.some(({ address }) => addressesOf(address.host).includes(name));
  };

  /** Whether some process of this world, this one included, listens there. */
  #isTaken({ port, addresses }: Opened): boolean {
    return addresses.some((address) => this.#owner.world.network.isTaken({ host: address, port }));
  }

  /** Whether one of its sockets is in the way of a socket that is bound to an address: of a node also the one for other nodes. */
  occupies({ host, port }: Address): boolean {
    const { cluster, address } = this.#owner;
    if (port === cluster?.busPort && addressesOf(address.host).some((own) => covers(host, own))) return true;
    if (!this.isAt(port)) return false;
    return KINDS.some(([kind]) => {
      const opened = this.#opened[kind];
      return opened.port === port && opened.addresses.some((own) => covers(own, host) || covers(host, own));
    });
  }

  /** As INFO lists them, by the numbers that the kinds of connections have there. */
  get listeners(): readonly (readonly [number: number, facts: Bytes])[] {
    const path = this.#owner.config.text("unixsocket");
    const lines = KINDS.flatMap(([kind, number]) => {
      const { port, words } = this.#opened[kind];
      const facts = [`name=${kind}`, ...words.map((word) => `bind=${word}`), ...(port === 0 ? [] : [`port=${port}`])];
      return this.#everOpened[kind] ? [[number, facts.join(",")] as const] : [];
    });
    const unix = path === "" ? [] : [[1, `name=unix,bind=${path}`] as const];
    return [...lines, ...unix].toSorted(([one], [other]) => one - other);
  }
}
