// What a node tells others of where it is and what it is called: cluster-announce-*, and what holds where those say nothing
// (cluster_legacy.c: deriveAnnouncedPorts, clusterUpdateMyselfIp, clusterUpdateMyselfHostname).
import { BUS_OFFSET } from "../../commands/cluster/facts.ts";
import type { Bytes } from "../../kernel/bytes.ts";
import type { Address } from "../network.ts";
import type { Server } from "../server.ts";

/** Where clients and other nodes find a node. */
export interface NodeAddress extends Address {
  /** The port for other nodes. */
  readonly busPort: number;
  /** 0: there is none. */
  readonly tlsPort: number;
}

export type BusAddress = Pick<NodeAddress, "host" | "busPort">;

/** What a node is called beside its id, and what its clients are to dial instead of its address; each empty where nothing is said. */
export interface NodeNames {
  readonly hostname: Bytes;
  readonly nodename: Bytes;
  readonly clientIpv4: Bytes;
  readonly clientIpv6: Bytes;
}

export const NAMELESS: NodeNames = { hostname: "", nodename: "", clientIpv4: "", clientIpv6: "" };

/** Of a node that was found to be no more where it was. */
export const NOWHERE: NodeAddress = { host: "", port: 0, busPort: 0, tlsPort: 0 };

export function sameAddress(a: NodeAddress, b: NodeAddress): boolean {
  return a.host === b.host && a.port === b.port && a.busPort === b.busPort && a.tlsPort === b.tlsPort;
}

/** Where a node listens to others, whatever it announces. */
export function busPortOf({ config, doors }: Server): number {
  return config.number("cluster-port") || (config.flag("tls-cluster") ? doors.tlsPort : doors.port) + BUS_OFFSET;
}

/** Whether nodes tell each other of their ports for TLS. */
export function showsTlsPorts({ config, profile }: Server): boolean {
  return profile.can.showsTlsPorts || config.flag("tls-cluster");
}

/** Clients are told to find it there: who announces an address has a network that leads from there to here. */
export function announces({ cluster, address, doors }: Server, { host, port }: Address): boolean {
  if (cluster === undefined || port === 0 || host === "") return false;
  // Where it listens nothing is announced: the doors know who is heard there.
  if (host === address.host && doors.isAt(port)) return false;
  const { address: own, names } = cluster.myself;
  const hosts = [own.host, names.hostname.toLowerCase(), names.clientIpv4, names.clientIpv6];
  return (port === own.port || port === own.tlsPort) && hosts.includes(host.toLowerCase());
}

/** Where others look for its bus it is found, as long as that is where it listens, or somebody said that a network leads there. */
export function announcesBus({ cluster, config }: Server, { host, busPort }: BusAddress): boolean {
  const address = cluster?.myself.address;
  if (address?.busPort !== busPort || address.host !== host) return false;
  return busPort === cluster!.busPort || config.number("cluster-announce-bus-port") !== 0;
}

/** As others see it: whoever announces no host is found where its messages come from. */
export function announcedAddress(server: Server): NodeAddress {
  const { config, address, doors } = server;
  return {
    host: config.text("cluster-announce-ip") || address.host,
    port: config.number("cluster-announce-port") || doors.port,
    busPort: config.number("cluster-announce-bus-port") || busPortOf(server),
    tlsPort: showsTlsPorts(server) ? config.number("cluster-announce-tls-port") || doors.tlsPort : 0,
  };
}

/** Whenever one of them changes a node looks at its own ports again, in every release. */
const LOOKED_AT = ["cluster-announce-port", "cluster-announce-bus-port", "cluster-announce-tls-port", "tls-cluster"];

/** What a node shows of itself; that its port has changed it does not notice in each release. */
export class OwnView {
  readonly #server: Server;
  #lookedAt: string | undefined;
  #address: NodeAddress = NOWHERE;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Its process starts. */
  forget(): void {
    this.#lookedAt = undefined;
  }

  of(announced: NodeAddress, host: Bytes): NodeAddress {
    const { config, profile } = this.#server;
    const values = LOOKED_AT.map((name) => config.text(name)).join(" ");
    if (profile.can.seesOwnPort || values !== this.#lookedAt) this.#address = announced;
    this.#lookedAt = values;
    return { ...this.#address, host };
  }
}

export function announcedNames({ config }: Server): NodeNames {
  const textOf = (name: string): Bytes => (config.knows(name) ? config.text(name) : "");
  return {
    hostname: textOf("cluster-announce-hostname"),
    nodename: textOf("cluster-announce-human-nodename"),
    clientIpv4: textOf("cluster-announce-client-ipv4"),
    clientIpv6: textOf("cluster-announce-client-ipv6"),
  };
}
