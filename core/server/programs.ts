// The programs on the machine of a world: what servers start in processes of their own, as a Sentinel its scripts.
import type { Bytes } from "../kernel/bytes.ts";
import { requireKnown, show } from "../kernel/known-options.ts";

/** How a program ends: with an exit code or by a signal, at once or after so long. `Infinity`: not by itself. */
export interface ProgramEnd {
  readonly exitCode?: number;
  /** The number of the signal that ends it, 9 for SIGKILL. */
  readonly signal?: number;
  readonly afterMs?: number;
}

/** Called when it is started, with what stands behind its path. A number is its exit code; nothing is 0. */
export type Program = (args: readonly string[]) => number | ProgramEnd | void;

/** By path. What is named here is there and executable, and nothing else is. */
export type ProgramsByPath = Readonly<Record<string, Program>>;

/** A process that runs, or has run. */
export interface Process {
  readonly pid: number;
  /** How it ended; undefined while it runs. */
  readonly ended: { readonly exitCode: number; readonly signal: number } | undefined;
  kill(signal: number): void;
}

const FIRST_PID = 1000;
const MOST_EXIT_CODE = 255;

export class Programs {
  readonly #byPath: ProgramsByPath;
  readonly #now: () => number;
  #nextPid = FIRST_PID;

  /** `now` is the machine's clock, in milliseconds. */
  constructor(byPath: ProgramsByPath, now: () => number) {
    this.#byPath = byPath;
    this.#now = now;
  }

  has(path: Bytes): boolean {
    return Object.hasOwn(this.#byPath, path);
  }

  /** @throws TypeError where the program of a test ends in a way that there is not */
  start(path: Bytes, args: readonly Bytes[]): Process {
    const now = this.#now;
    const { exitCode, signal, afterMs } = readEnd(path, this.#byPath[path]!(args));
    const endsAt = now() + afterMs;
    let killedBy: number | undefined;
    return {
      pid: this.#nextPid++,
      get ended() {
        if (killedBy !== undefined) return { exitCode: 0, signal: killedBy };
        return now() < endsAt ? undefined : { exitCode, signal };
      },
      kill(by) {
        if (now() < endsAt) killedBy = by;
      },
    };
  }
}

function readEnd(path: Bytes, end: number | ProgramEnd | void): Required<ProgramEnd> {
  const given = typeof end === "number" ? { exitCode: end } : (end ?? {});
  requireKnown(`What the program ${path} ends with`, given, ["exitCode", "signal", "afterMs"]);
  const { exitCode = 0, signal = 0, afterMs = 0 } = given;
  if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > MOST_EXIT_CODE) {
    throw new TypeError(`The program ${path} ends with an exit code from 0 to 255, not ${show(exitCode)}`);
  }
  if (!Number.isInteger(signal) || signal < 0) {
    throw new TypeError(`The program ${path} ends by the number of a signal, not ${show(signal)}`);
  }
  if (!(afterMs >= 0))
    throw new TypeError(`The program ${path} runs for a number of milliseconds, not ${show(afterMs)}`);
  return { exitCode: signal === 0 ? exitCode : 0, signal, afterMs };
}
