// What a unit changed. A unit is the outermost thing that runs: a command, EXEC, later a script, an expiry, a served wait.
import type { Bytes } from "../kernel/bytes.ts";
import { everyone, type PropagationTargets } from "../scripting/script-run.ts";
import type { EventClass } from "../keyspace/keyspace-host.ts";

/** A command as replicas and the AOF see it. */
export interface PropagatedCommand {
  readonly db: number;
  readonly argv: readonly Bytes[];
  /** Who does not get it, because a script said so. */
  readonly keptFrom?: "replicas" | "aof";
}

/** Somebody who learns what happened: replicas, the AOF, pub/sub, tracking, tests. */
export interface EffectObserver {
  /** To whom it passes on what it learns: a script may keep commands from them. */
  readonly audience?: "replicas" | "aof";
  /** The commands of one unit, in order; `inTransaction` where they travel inside MULTI and EXEC. */
  onPropagate?(commands: readonly PropagatedCommand[], inTransaction: boolean): void;
  onNotify?(event: EventClass, name: Bytes, key: Bytes, db: number): void;
  onModified?(key: Bytes, db: number): void;
}

export class Effects {
  /** INFO's rdb_changes_since_last_save. */
  dirty = 0;
  /** So many changes are heard of when the unit that made them is over. */
  alarmAt = Infinity;
  alarm: () => void = () => {};
  /** To whom commands travel: a script may choose. */
  targets: PropagationTargets = everyone;
  #depth = 0;
  #commands: PropagatedCommand[] = [];
  #observers: EffectObserver[] = [];
  readonly #unitEnded: () => void;

  /** @param unitEnded runs after each outermost unit: ready keys are served there */
  constructor(unitEnded: () => void) {
    this.#unitEnded = unitEnded;
  }

  /** Begins to observe; call what it gives to stop. */
  observe(observer: EffectObserver): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((each) => each !== observer);
    };
  }

  /** Commands need not be recorded while nobody listens. */
  get observed(): boolean {
    return this.#observers.length > 0;
  }

  begin(): void {
    this.#depth++;
  }

  end(): void {
    if (--this.#depth > 0) return;
    if (this.#commands.length > 0) {
      const commands = this.#commands;
      this.#commands = [];
      const inTransaction = this.#travelling(commands) > 1;
      for (const observer of this.#observers) tell(observer, commands, inTransaction);
    }
    if (this.dirty >= this.alarmAt) this.alarm();
    this.#unitEnded();
  }

  /** What only replicas are to learn does not travel where there are none, and so with the append-only file. */
  #travelling(commands: readonly PropagatedCommand[]): number {
    if (commands.every(({ keptFrom }) => keptFrom === undefined)) return commands.length;
    const heard = new Set(this.#observers.map(({ audience }) => audience));
    return commands.filter(({ keptFrom }) => {
      return keptFrom === undefined || heard.has(keptFrom === "aof" ? "replicas" : "aof");
    }).length;
  }

  propagate(db: number, argv: readonly Bytes[], { replicas, aof } = this.targets): void {
    if (!this.observed || (!replicas && !aof)) return;
    if (replicas && aof) this.#commands.push({ db, argv });
    else this.#commands.push({ db, argv, keptFrom: replicas ? "aof" : "replicas" });
  }

  /** Nobody learns of what `run` does: it happened before. */
  unheard<T>(run: () => T): T {
    const observers = this.#observers;
    this.#observers = [];
    try {
      return run();
    } finally {
      this.#observers = observers;
    }
  }

  notify(event: EventClass, name: Bytes, key: Bytes, db: number): void {
    for (const observer of this.#observers) observer.onNotify?.(event, name, key, db);
  }

  modified(key: Bytes, db: number): void {
    for (const observer of this.#observers) observer.onModified?.(key, db);
  }
}

function tell(observer: EffectObserver, commands: readonly PropagatedCommand[], inTransaction: boolean): void {
  const { audience } = observer;
  const told =
    audience !== undefined && commands.some(({ keptFrom }) => keptFrom === audience)
      ? commands.filter(({ keptFrom }) => keptFrom !== audience)
      : commands;
  if (told.length > 0 || inTransaction) observer.onPropagate?.(told, inTransaction);
}
