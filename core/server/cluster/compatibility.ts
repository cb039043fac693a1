// What a server without a cluster is asked for that a cluster would refuse: `cluster-compatibility-sample-ratio` (Redis 8.0).
import { hashSlot } from "../../kernel/crc16.ts";
import type { Random } from "../../kernel/random.ts";
import { findSlotted } from "../../commands/keys.ts";
import type { QueuedCommand } from "../../commands/ports.ts";
import type { ScriptRun } from "../../scripting/script-run.ts";
import type { Client } from "../client.ts";
import type { Server } from "../server.ts";
import type { Stats } from "../stats.ts";

/** The slot of what has been seen of a request, or of a script; "enough" where no more is to be found of it. */
type Seen = number | "nothing" | "enough";

export class Compatibility {
  readonly #stats: Stats;
  readonly #random: Random;
  /** Of the requests that are looked at. */
  #percent = 0;
  /** Of the request that runs. */
  #seen: Seen = "enough";
  #script: ScriptRun | undefined;
  /** Of the script that runs, which begins where its request is. */
  #seenInScript: Seen = "enough";

  constructor(stats: Stats, random: Random) {
    this.#stats = stats;
    this.#random = random;
  }

  /** Itself where it is to be used: a cluster refuses by itself, and older releases know nothing of it. */
  readConfig({ cluster, config }: Server): this | undefined {
    const name = "cluster-compatibility-sample-ratio";
    this.#percent = cluster === undefined && config.knows(name) ? config.number(name) : 0;
    return this.#percent > 0 ? this : undefined;
  }

  /** Whether to look, this time. */
  get samples(): boolean {
    return this.#random.chance(this.#percent / 100);
  }

  /** A request came, or a wait goes on; EXEC is all that was queued. */
  requested({ transaction }: Client, request: QueuedCommand): void {
    const all = request.command.fullName === "exec" ? (transaction?.queue ?? []) : [request];
    this.#seen = this.samples ? this.#look("nothing", all.flatMap(slotsOf)) : "enough";
  }

  /** A script calls a command: one that may use keys of several slots is held to one slot for each command only. */
  scriptCalls(run: ScriptRun, command: QueuedCommand): void {
    if (run !== this.#script) {
      this.#script = run;
      this.#seenInScript = this.#seen;
    }
    if (this.#seenInScript === "enough") return;
    const spreads = run.flags === undefined || run.flags.has("allow-cross-slot-keys");
    const before = spreads ? "nothing" : this.#seenInScript;
    this.#seenInScript = this.#look(before, slotsOf(command));
  }

  #look(before: number | "nothing", slots: readonly number[]): Seen {
    const first = before === "nothing" ? slots[0] : before;
    if (first === undefined) return "nothing";
    if (slots.every((slot) => slot === first)) return first;
    this.#stats.clusterIncompatibleOps++;
    return "enough";
  }
}

function slotsOf({ command, argv }: QueuedCommand): number[] {
  return (findSlotted(command.keys, argv) ?? []).map(({ index }) => hashSlot(argv[index]!));
}
