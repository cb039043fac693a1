// Who is connected: clients come with their addresses, move here from other servers, and leave everything behind.
import type { Bytes } from "../kernel/bytes.ts";
import { maxClientsReached, type ReplyError } from "../resp/errors.ts";
import { Client } from "./client.ts";
import { PLAIN, type Door } from "./doors.ts";
import type { Link } from "./link.ts";
import type { Address } from "./network.ts";
import { inProtectedMode, isOfThisMachine } from "./protected-mode.ts";
import type { Server } from "./server.ts";

export class Connections {
  /** By id; the host's own hand is none of them. */
  readonly clients = new Map<number, Client>();
  readonly #server: Server;
  #nextId = 1;
  #nextPort = 50000;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Makes the client of a link, which is refused where there are too many. */
  accept(link: Link, address: Bytes | undefined, door: Door = PLAIN, dialled?: Bytes): Client {
    const server = this.#server;
    if (link.own) return new Client(server, link, { id: 0, address: address ?? "127.0.0.1:0", door });
    const client = new Client(server, link, {
      id: this.#nextId++,
      address: address ?? this.#addressBehind(door),
      door: server.doors.found(door),
      localAddress: server.doors.endAt(server.doors.found(door), dialled),
    });
    server.stats.connectionsReceived++;
    if (this.clients.size >= server.maxClients) return this.#refuse(client, maxClientsReached());
    if (this.#isProtectedFrom(client)) {
      server.stats.connectionsReceived--;
      return this.#refuse(client, inProtectedMode(server.profile));
    }
    this.clients.set(client.id, client);
    server.idle.rearm();
    return client;
  }

  /** A client's end, where nobody says which: the file has one name for both. */
  #addressBehind(door: Door): Bytes {
    return door.kind === "unix" ? `${door.path}:0` : `127.0.0.1:${this.#nextPort++}`;
  }

  /** `protected-mode`: without a password nobody but this machine gets in. Processes of the same world are on this machine. */
  #isProtectedFrom({ address, link }: Client): boolean {
    const { config, users } = this.#server;
    return link.origin === "" && !isOfThisMachine(address) && config.flag("protected-mode") && users.default.noPassword;
  }

  #refuse(client: Client, error: ReplyError): Client {
    const { stats, world } = this.#server;
    stats.rejectedConnections++;
    client.reply.error(error);
    client.closeAfterReply();
    world.schedule(world.now, () => client.flush());
    return client;
  }

  /** The client for which the stream of a primary runs. */
  ofPrimary(link: Link, { host, port }: Address, localAddress: Bytes): Client {
    const client = new Client(this.#server, link, {
      id: this.#nextId++,
      address: `${host}:${port}`,
      door: PLAIN,
      localAddress,
    });
    client.kind = "primary";
    client.account = undefined;
    client.authenticated = true;
    this.clients.set(client.id, client);
    return client;
  }

  /** Moves a quiet connection here from another server, with what its application has set up. */
  adopt(link: Link): void {
    const from = link.client;
    link.rehome(this.#server.world, (same) => {
      const client = this.accept(same, from.address, from.door);
      client.adopt(from);
      return client;
    });
    from.disconnected();
    this.#server.outbox.flush(link.client);
  }

  /** All of them break. */
  reset(): void {
    for (const client of Array.from(this.clients.values())) client.link.close("reset");
  }

  /** The process is gone, and its machine closes what it held: with a reset where requests lie unread, as in one that stood still. */
  abandon({ unread }: { readonly unread: boolean }): void {
    for (const client of Array.from(this.clients.values())) {
      if (unread && client.link.hasUnread) client.link.close("reset");
      else client.close();
    }
  }

  /** All of them end; what they were still to be sent leaves with replicas alone. */
  end(): void {
    for (const client of Array.from(this.clients.values())) {
      if (client.kind === "replica") client.flush();
      client.close();
    }
  }

  forget(client: Client): void {
    const { outbox, blocking, replication, pausing, pubsub, tracking, monitors } = this.#server;
    this.clients.delete(client.id);
    outbox.forget(client);
    blocking.forget(client);
    replication.replicas.forget(client);
    pausing.forget(client);
    pubsub.forget(client);
    tracking.disable(client);
    monitors.forget(client);
    client.discard();
  }
}
