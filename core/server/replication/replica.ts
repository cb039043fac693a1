// A replica as its primary sees it: what it can, how far it has got, and what it is still to be sent.
import type { Bytes } from "../../kernel/bytes.ts";
import type { Client } from "../client.ts";

/**
 * - `waiting`: for its transfer to begin
 * - `transferring`: its data are on their way; it has yet to say that it has loaded them
 * - `online`: it gets the stream as it comes
 */
export type ReplicaState = "waiting" | "transferring" | "online";

export class Replica {
  readonly client: Client;
  state: ReplicaState = "waiting";
  /** Since when it waits, in the server's time. */
  readonly waitsSince: number;
  /** How far it says that it has got. */
  acknowledged = 0;
  /** How far its AOF has got, where it told. */
  acknowledgedAof = 0;
  /** When it last said so, in the server's time. */
  acknowledgedAt: number;
  /** The stream since its transfer began. */
  #pending: Bytes[] = [];

  constructor(client: Client, now: number) {
    this.client = client;
    this.waitsSince = now;
    this.acknowledgedAt = now;
  }

  /** As INFO names it. */
  get stateName(): Bytes {
    return this.state === "waiting" ? "wait_bgsave" : this.state === "transferring" ? "send_bulk" : "online";
  }

  /** The stream goes on. */
  send(bytes: Bytes): void {
    if (this.state === "online") this.client.sendOutOfTurn(bytes);
    else if (this.state === "transferring") this.#pending.push(bytes);
  }

  /** From now on it gets the stream as it comes. */
  goOnline(now: number): void {
    if (this.state === "online") return;
    this.state = "online";
    this.acknowledgedAt = now;
    for (const bytes of this.#pending) this.client.sendOutOfTurn(bytes);
    this.#pending = [];
  }
}
