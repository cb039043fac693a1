// The configuration of one server: what CONFIG GET and CONFIG SET see, and typed access for whoever depends on it.
import { lower, type Bytes } from "../kernel/bytes.ts";
import { globMatch } from "../kernel/glob.ts";
import type { ConfigPort } from "../commands/ports.ts";
import type { Profile } from "../commands/profile.ts";
import { printed, ReplyError } from "../resp/errors.ts";
import type { Doors, ListeningParameter } from "./doors.ts";
import type { Outcome, Parameter } from "./parameters/parameter.ts";
import { parametersOf } from "./parameters/parameters.ts";

/** A server's doors, as far as parameters move them. */
type ConfiguredDoors = Pick<Doors, "canEncryptWith" | "listen">;

export class Config implements ConfigPort {
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #values = new Map<string, string>();
  readonly #initial: ReadonlyMap<string, string>;
  #changed: (name: string) => void = () => {};

  readonly #doors: () => ConfiguredDoors;

  /**
   * @param given start-up values; a wrong name or value throws a TypeError
   * @param doors what obeys the parameters of networks, and may not be able to
   */
  constructor(
    profile: Profile,
    given: Readonly<Record<string, string>>,
    doors: () => ConfiguredDoors = () => ({ canEncryptWith: () => true, listen: () => true }),
  ) {
    this.#doors = doors;
    this.#parameters = parametersOf(profile);
    for (const [name, parameter] of this.#parameters) {
      if (name === parameter.name) this.#values.set(name, parameter.initial(profile));
    }
    for (const [name, text] of Object.entries(given)) {
      const parameter = this.#parameters.get(name);
      if (parameter === undefined) throw new TypeError(`config: '${name}' is no parameter of ${profile.name}`);
      const outcome = parameter.read(text, this.text(parameter.name));
      if ("problem" in outcome) throw new TypeError(`config: ${name}: ${outcome.problem}`);
      this.#values.set(parameter.name, outcome.value);
    }
    if (profile.can.patternsInCluster && this.#values.get("cluster-enabled") === "yes")
      this.#values.set("databases", "1");
    this.#initial = new Map(this.#values);
  }

  /** Calls `changed` with the name of every parameter that CONFIG SET changes. */
  onChange(changed: (name: string) => void): void {
    this.#changed = changed;
  }

  text(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new TypeError(`'${name}' is no parameter`);
    return value;
  }

  /** Whether the profile has such a parameter. */
  knows(name: string): boolean {
    return this.#values.has(name);
  }

  /** An integer or a size in bytes; beyond 2^53 it is rounded. */
  number(name: string): number {
    return Number(this.text(name));
  }

  flag(name: string): boolean {
    return this.text(name) === "yes";
  }

  /** Each parameter once, under the name by which it was first asked for (config.c: configGetCommand). */
  match(patterns: readonly Bytes[]): [Bytes, Bytes][] {
    const found = new Map<string, Bytes>();
    for (const pattern of patterns) {
      const names = /[[*?]/.test(pattern)
        ? [...this.#parameters]
            .filter(([name, { hidden }]) => hidden !== true && globMatch(pattern, name, { ignoreCase: true }))
            .map(([name]) => name)
        : [pattern];
      for (const shown of names) {
        const name = lower(shown);
        if (this.#parameters.has(name) && !found.has(name)) found.set(name, shown);
      }
    }
    return [...found].map(([name, shown]) => {
      const parameter = this.#parameters.get(name)!;
      const value = this.text(parameter.name);
      return [shown, parameter.show?.(value) ?? value];
    });
  }

  /** All or nothing: the first thing that is wrong throws, and nothing has changed (config.c: configSetCommand). */
  set(pairs: readonly (readonly [name: Bytes, value: Bytes])[], { mayChangeProtected = true } = {}): void {
    const found = new Map<Bytes, { parameter: Parameter; shown: Bytes; text: Bytes }>();
    for (const [shown, text] of pairs) {
      const parameter = this.#parameters.get(lower(shown));
      if (parameter === undefined) {
        throw new ReplyError(`ERR Unknown option or number of arguments for CONFIG SET - '${printed(shown)}'`);
      }
      if (parameter.immutable) throw failed(shown, "can't set immutable config");
      if (parameter.isProtected && !mayChangeProtected) throw failed(shown, "can't set protected config");
      if (found.has(lower(shown))) throw failed(shown, "duplicate parameter");
      found.set(lower(shown), { parameter, shown, text });
    }
    const changes = new Map<string, { readonly shown: Bytes; value: string }>();
    for (const { parameter, shown, text } of found.values()) {
      changes.set(parameter.name, { shown, value: accepted(shown, parameter.read(text, this.text(parameter.name))) });
    }
    const others = (name: string): string => changes.get(name)?.value ?? this.text(name);
    const encrypts = (): boolean => this.#doors().canEncryptWith({ text: others });
    const moved: ListeningParameter[] = [];
    const listens = (by: ListeningParameter): boolean => {
      moved.push(by);
      return this.#doors().listen(by, { text: others });
    };
    try {
      for (const [name, change] of changes) {
        const surroundings = { before: this.text(name), others, encrypts, listens };
        const outcome = this.#parameters.get(name)!.attempt?.(change.value, surroundings);
        if (outcome !== undefined) change.value = accepted(change.shown, outcome);
      }
    } catch (error) {
      for (const by of moved) this.#doors().listen(by, this);
      throw error;
    }
    for (const [name, { value }] of changes) this.#values.set(name, value);
    for (const name of changes.keys()) this.#changed(name);
  }

  /** What the server itself knows better than whoever configured it. */
  assign(name: string, value: string): void {
    this.#values.set(name, value);
  }

  /** Back to what was given at start-up. */
  restore(): void {
    for (const [name, value] of this.#initial) {
      if (this.#values.get(name) === value) continue;
      this.#values.set(name, value);
      this.#changed(name);
    }
  }
}

/** The value, where nothing is wrong with it. */
function accepted(name: Bytes, outcome: Outcome<string>): string {
  if ("problem" in outcome) throw failed(name, outcome.problem);
  return outcome.value;
}

function failed(name: Bytes, problem: Bytes): ReplyError {
  return new ReplyError(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${problem}`);
}
