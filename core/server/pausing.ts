// CLIENT PAUSE: commands that must wait are kept with their clients, and nothing expires meanwhile.
import type { Bytes } from "../kernel/bytes.ts";
import type { Timer } from "../kernel/scheduler.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import type { PauseMode, QueuedCommand } from "../commands/ports.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

export class Pausing {
  readonly #server: Server;
  #mode: PauseMode | undefined;
  #until = 0;
  /** The server hands over to another. */
  #holdsWrites = false;
  #timer: Timer | undefined;
  /** The requests that wait, in the order of their coming. */
  readonly #postponed = new Map<Client, readonly Bytes[]>();

  constructor(server: Server) {
    this.#server = server;
  }

  get mode(): PauseMode | undefined {
    return this.#mode ?? (this.#holdsWrites ? "write" : undefined);
  }

  /** Clients whose request waits. */
  get size(): number {
    return this.#postponed.size;
  }

  /** Milliseconds that the pause still lasts. */
  get remainingMs(): number {
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

  /** Holds writes back for as long as it takes to hand over to another server. */
  holdWrites(held: boolean): void {
    this.#holdsWrites = held;
    if (!held) this.#release();
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
    for (const [client, argv] of Array.from(this.#postponed)) {
      this.#postponed.delete(client);
      client.suspended = false;
      this.#server.process(client, argv);
      this.#server.outbox.resume(client);
    }
    this.#server.expiry.rearm();
    this.#server.outbox.flushAll();
  }
}

function mayReplicate({ command: { command, flags } }: QueuedCommand): boolean {
  return flags.has("write") || command.mayReplicate === true;
}
