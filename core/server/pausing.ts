// CLIENT PAUSE: commands that must wait are kept with their clients, and nothing expires meanwhile.
import type { Bytes } from "../kernel/bytes.ts";
import type { Timer } from "../kernel/scheduler.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import type { PauseMode, QueuedCommand } from "../commands/ports.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

/** The server hands over to another; its process is to end. */
export type PausePurpose = "failover" | "shutdown";

const FOREVER = 9223372036854775807n;

export class Pausing {
  readonly #server: Server;
  #mode: PauseMode | undefined;
  #until = 0;
  /** For what the server holds writes back, besides. */
  readonly #purposes = new Set<PausePurpose>();
  #timer: Timer | undefined;
  /** The requests that wait, in the order of their coming. */
  readonly #postponed = new Map<Client, readonly Bytes[]>();
  /** While what waited is tried again: how often that is to be, since it may itself end a pause. */
  #releases = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  get mode(): PauseMode | undefined {
    return this.#mode ?? (this.#purposes.size > 0 ? "write" : undefined);
  }

  /** Why, as INFO of Valkey names it: what lasts longest. */
  get reason(): Bytes {
    if (this.#purposes.has("shutdown")) return "shutdown_in_progress";
    if (this.#purposes.has("failover")) return "failover_in_progress";
    return this.#mode === undefined ? "none" : "client_pause";
  }

  /** Clients whose request waits. */
  get size(): number {
    return this.#postponed.size;
  }

  /** Milliseconds that the pause still lasts; what has no end ends with the numbers. */
  get remainingMs(): number | bigint {
    if (this.#purposes.size > 0) return FOREVER - BigInt(this.#server.now);
    return this.#mode === undefined ? 0 : Math.max(0, this.#until - this.#server.now);
  }

  /** Begins or prolongs a pause; of two that overlap the later end and the stricter mode hold. */
  begin(until: number, mode: PauseMode): void {
    this.#until = Math.max(this.#mode === undefined ? 0 : this.#until, until);
    this.#mode = this.#mode === "all" ? "all" : mode;
    this.#timer?.cancel();
    const { world, clock, profile } = this.#server;
    const over = profile.can.endsPausesLate ? this.#until + 1 : this.#until;
    this.#timer = world.schedule(clock.worldTime(over), () => this.end());
  }

  /** Whether a command must wait. EXEC counts as what it runs. */
  holds(command: ResolvedCommand, argv: readonly Bytes[], client: Client): boolean {
    const { mode } = this;
    if (mode === undefined || client.monitoring) return false;
    if (mode === "all") return true;
    const queued = command.fullName === "exec" ? (client.transaction?.queue ?? []) : [];
    return [{ command, argv }, ...queued].some(mayReplicate);
  }

  postpone(client: Client, argv: readonly Bytes[]): void {
    client.suspended = true;
    this.#postponed.set(client, argv);
  }

  forget(client: Client): void {
    this.#postponed.delete(client);
  }

  /** Holds writes back for a purpose, for as long as it takes. */
  holdWrites(purpose: PausePurpose, held: boolean): void {
    if (held) this.#purposes.add(purpose);
    else if (this.#purposes.delete(purpose)) this.#release();
  }

  /** The process is gone, and everything that was held back with it. */
  stop(): void {
    this.#purposes.clear();
    this.#postponed.clear();
    this.#mode = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Ends the pause; what waited runs now. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#mode = undefined;
    this.#release();
  }

  /** What waited is tried again. */
  #release(): void {
    this.#releases++;
    if (this.#releases > 1) return;
    for (let turn = 0; turn < this.#releases; turn++) this.#retry();
    this.#releases = 0;
    this.#server.expiry.rearm();
    this.#server.outbox.flushAll();
  }

  #retry(): void {
    for (const [client, argv] of Array.from(this.#postponed)) {
      if (this.#postponed.get(client) !== argv) continue;
      this.#postponed.delete(client);
      client.suspended = false;
      this.#server.process(client, argv);
      this.#server.outbox.resume(client);
    }
  }
}

function mayReplicate({ command: { command, flags } }: QueuedCommand): boolean {
  return flags.has("write") || command.mayReplicate === true;
}
