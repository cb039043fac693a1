// The end of a process in order, for SHUTDOWN or a signal: replicas catch up first, data are saved (server.c: prepareForShutdown,
// finishShutdown).
import type { ShutdownFlag, ShutdownOutcome, ShutdownPort } from "../commands/ports.ts";
import { shutdownFailed } from "../resp/errors.ts";
import type { Timer } from "../kernel/scheduler.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

export type Signal = "SIGTERM" | "SIGINT";

export class Shutdown implements ShutdownPort {
  readonly #server: Server;
  /** How it is to end, while replicas are waited for. */
  #flags: ReadonlySet<ShutdownFlag> | undefined;
  /** When they are waited for no longer, by the server's clock. */
  #until = 0;
  readonly #waiting = new Set<Client>();
  /** The next look at the replicas, or at a signal that came. */
  #timer: Timer | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Milliseconds for which replicas are still waited for; undefined where they are not. */
  get remainingMs(): number | undefined {
    return this.#flags && this.#until - this.#server.now;
  }

  begin(flags: ReadonlySet<ShutdownFlag>): ShutdownOutcome {
    const { busy, pausing, config, now } = this.#server;
    if (busy.script !== undefined && !flags.has("nosave")) throw busy.error();
    if (this.#flags !== undefined) return "waits";
    this.#flags = flags;
    const timeoutMs = 1000 * config.number("shutdown-timeout");
    if (flags.has("now") || timeoutMs === 0 || this.#replicasHaveAll) return this.#finish() ? "over" : "failed";
    this.#until = now + timeoutMs;
    pausing.holdWrites("shutdown", true);
    this.#lookAgain(() => this.#look());
    return "waits";
  }

  awaitedBy(client: Client): void {
    this.#waiting.add(client);
  }

  abort(): boolean {
    if (this.#timer === undefined) return false;
    this.#cancel();
    return true;
  }

  /** A signal came; the cron sees to it. */
  signalled(signal: Signal): void {
    const { lifecycle, config } = this.#server;
    if (lifecycle.crashed || this.#timer !== undefined) return;
    if (lifecycle.loading) {
      lifecycle.exit();
      return;
    }
    const words = config.text(signal === "SIGTERM" ? "shutdown-on-sigterm" : "shutdown-on-sigint").split(" ");
    const flags = new Set(words.filter((word) => word !== "default") as ShutdownFlag[]);
    this.#lookAgain(() => void this.begin(flags));
  }

  /** The process is gone. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#flags = undefined;
    this.#waiting.clear();
  }

  get #replicasHaveAll(): boolean {
    const { replicas, offset } = this.#server.replication;
    return [...replicas].every(({ acknowledged }) => acknowledged === offset);
  }

  /** In the next round of the cron. */
  #lookAgain(look: () => void): void {
    const { world, clock, config } = this.#server;
    this.#timer = world.schedule(clock.worldTime(clock.now + Math.floor(1000 / config.number("hz"))), () => {
      this.#timer = undefined;
      if (this.#server.stalled) this.#lookAgain(look);
      else look();
    });
  }

  #look(): void {
    if (!this.#replicasHaveAll && this.#server.now < this.#until) this.#lookAgain(() => this.#look());
    else this.#finish();
  }

  /** False where the data are to be saved, and cannot be. */
  #finish(): boolean {
    const { snapshots, appendOnly, lifecycle, sentinel } = this.#server;
    const flags = this.#flags!;
    if (!appendOnly.finish({ force: flags.has("force") })) {
      this.#cancel();
      return false;
    }
    const keeps = !flags.has("nosave") && !lifecycle.loading && sentinel === undefined;
    const durationMs = keeps && (flags.has("save") || snapshots.savesByItself) ? snapshots.write() : 0;
    if (durationMs === undefined && !flags.has("force")) {
      this.#cancel();
      return false;
    }
    lifecycle.exit(durationMs);
    return true;
  }

  /** The server goes on. */
  #cancel(): void {
    const { blocking, pausing, outbox } = this.#server;
    const waiting = [...this.#waiting];
    this.stop();
    for (const client of waiting) blocking.finish(client, () => this.#reply(client));
    pausing.holdWrites("shutdown", false);
    outbox.flushAll();
  }

  #reply(client: Client): void {
    const error = shutdownFailed();
    client.reply.error(error);
    this.#server.countError(error.message);
  }
}
