// FAILOVER: a primary hands over to a replica that has everything, and follows it (replication.c: failoverCommand, updateFailoverStatus).
import type { Timer } from "../../kernel/scheduler.ts";
import type { FailoverPort, FailoverRequest } from "../../commands/replication-port.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Address } from "../network.ts";
import type { Server } from "../server.ts";
import type { Replica } from "./replica.ts";
import type { Replication } from "./replication.ts";

export type FailoverState = "no-failover" | "waiting-for-sync" | "failover-in-progress";

export class Failover implements FailoverPort {
  readonly #server: Server;
  readonly #replication: Replication;
  #state: FailoverState = "no-failover";
  #target: Address | undefined;
  #force = false;
  #timer: Timer | undefined;

  constructor(server: Server, replication: Replication) {
    this.#server = server;
    this.#replication = replication;
  }

  get state(): FailoverState {
    return this.#state;
  }

  /** Until its time is over, the stream is to come to rest. */
  get hasTime(): boolean {
    return this.#state !== "no-failover" && this.#timer !== undefined;
  }

  begin({ target, force, timeoutMs }: FailoverRequest): void {
    const replicas = this.#replication.replicas.infos();
    if (this.#state !== "no-failover") throw new ReplyError("ERR FAILOVER already in progress.");
    if (this.#replication.isReplica) throw new ReplyError("ERR FAILOVER is not valid when server is a replica.");
    if (replicas.length === 0) throw new ReplyError("ERR FAILOVER requires connected replicas.");
    if (force && (timeoutMs === 0 || target === undefined)) {
      throw new ReplyError("ERR FAILOVER with force option requires both a timeout and target HOST and IP.");
    }
    if (target !== undefined) {
      const found = replicas.find(({ host, port }) => host === target.host && port === target.port);
      if (found === undefined) throw new ReplyError("ERR FAILOVER target HOST and PORT is not a replica.");
      if (!found.online) throw new ReplyError("ERR FAILOVER target replica is not online.");
    }
    this.#state = "waiting-for-sync";
    this.#target = target;
    this.#force = force;
    this.#server.pausing.holdWrites("failover", true);
    if (timeoutMs > 0) {
      const { clock, world } = this.#server;
      this.#timer = world.schedule(clock.worldTime(clock.now + timeoutMs), () => this.#timedOut());
    }
    // Replicas say once a second how far they are; one may be there already.
    this.#server.world.schedule(this.#server.world.now, () => this.acknowledged());
  }

  abort(): void {
    if (this.#state === "no-failover") throw new ReplyError("ERR No failover in progress.");
    this.#end();
  }

  /** A replica has told how far it is. */
  acknowledged(): void {
    if (this.#state !== "waiting-for-sync") return;
    const { offset, replicas } = this.#replication;
    const ready = [...replicas].find((replica) => {
      const address = addressOf(replica);
      const wanted =
        this.#target === undefined || (address.host === this.#target.host && address.port === this.#target.port);
      return wanted && replica.state === "online" && replica.acknowledged >= offset;
    });
    if (ready !== undefined) this.#handOver(addressOf(ready));
  }

  /** The new primary does not answer as one: this server takes its place again. */
  linkLost(): void {
    if (this.#state === "failover-in-progress") this.#end();
  }

  /** The new primary goes on with the stream. */
  completed(): void {
    if (this.#state === "failover-in-progress") this.#clear();
  }

  #timedOut(): void {
    if (this.#state !== "waiting-for-sync") return;
    if (this.#force && this.#target !== undefined) this.#handOver(this.#target);
    else this.#end();
    this.#server.outbox.flushAll();
  }

  #handOver(address: Address): void {
    this.#timer?.cancel();
    this.#state = "failover-in-progress";
    this.#replication.follow(address);
  }

  #end(): void {
    const handedOver = this.#state === "failover-in-progress";
    this.#clear();
    if (handedOver) this.#replication.lead();
  }

  /** The process is gone. */
  stop(): void {
    this.#clear();
  }

  #clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#state = "no-failover";
    this.#target = undefined;
    this.#server.pausing.holdWrites("failover", false);
  }
}

function addressOf({ client }: Replica): Address {
  return {
    host: client.replicaFacts.host || client.address.slice(0, client.address.lastIndexOf(":")),
    port: client.replicaFacts.port,
  };
}
