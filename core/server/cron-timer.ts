// What a server's cron comes to, one thing at a time: by the server's own clock, and later where the server stands still.
import type { Timer } from "../kernel/scheduler.ts";
import type { Server } from "./server.ts";

export class CronTimer {
  readonly #server: Server;
  #timer: Timer | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Whether anything is to come. */
  get armed(): boolean {
    return this.#timer !== undefined;
  }

  /** How long a round of the cron takes: `hz`. */
  get roundMs(): number {
    return Math.floor(1000 / this.#server.config.number("hz"));
  }

  /** The end of what another process does is noticed in the next round. */
  afterProcess(durationMs: number, then: () => void): void {
    const { roundMs } = this;
    this.at(this.#server.now + (Math.floor(durationMs / roundMs) + 1) * roundMs, then);
  }

  /** In place of what was to come; `awaited` where a client waits for it. */
  at(time: number, then: () => void, { awaited = false }: { readonly awaited?: boolean } = {}): void {
    const { world, clock } = this.#server;
    this.cancel();
    const due = (): void => {
      this.#timer = undefined;
      if (this.#server.stalled) this.at(this.#server.now + this.roundMs, then);
      else then();
    };
    const at = clock.worldTime(time);
    this.#timer = awaited ? world.schedule(at, due) : world.scheduleInBackground(at, due);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
