// The configuration of one server: what CONFIG GET and CONFIG SET see, and typed access for whoever depends on it.
import { lower, type Bytes } from "../kernel/bytes.ts";
import { globMatch } from "../kernel/glob.ts";
import type { ConfigPort } from "../commands/ports.ts";
import type { Profile } from "../commands/profile.ts";
import { ReplyError } from "../resp/errors.ts";
import { parametersOf, type Parameter } from "./parameters.ts";

export class Config implements ConfigPort {
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #values = new Map<string, string>();
  readonly #initial: ReadonlyMap<string, string>;
  #changed: (name: string) => void = () => {};

  /** @param given start-up values; a wrong name or value throws a TypeError */
  constructor(profile: Profile, given: Readonly<Record<string, string>>) {
    this.#parameters = parametersOf(profile);
    for (const [name, parameter] of this.#parameters) this.#values.set(name, parameter.initial(profile));
    for (const [name, text] of Object.entries(given)) {
      const parameter = this.#parameters.get(name);
      if (parameter === undefined) throw new TypeError(`config: '${name}' is no parameter of ${profile.name}`);
      const outcome = name === "port" || name === "bind" ? { value: text } : parameter.read(text);
      if ("problem" in outcome) throw new TypeError(`config: ${name}: ${outcome.problem}`);
      this.#values.set(name, outcome.value);
    }
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

  /** An integer or a size in bytes; beyond 2^53 it is rounded. */
  number(name: string): number {
    return Number(this.text(name));
  }

  flag(name: string): boolean {
    return this.text(name) === "yes";
  }

  match(patterns: readonly Bytes[]): [Bytes, Bytes][] {
    return [...this.#values].filter(([name]) =>
      patterns.some((pattern) => globMatch(pattern, name, { ignoreCase: true })),
    );
  }

  /** All or nothing: the first thing that is wrong throws, and nothing has changed (config.c: configSetCommand). */
  set(pairs: readonly (readonly [name: Bytes, value: Bytes])[]): void {
    const found = pairs.map(([name]) => {
      const parameter = this.#parameters.get(lower(name));
      if (parameter === undefined) {
        throw new ReplyError(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`);
      }
      return parameter;
    });
    found.forEach((parameter, i) => {
      if (parameter.immutable) throw failed(parameter, "can't set immutable config");
      if (found.indexOf(parameter) < i) throw failed(parameter, "duplicate parameter");
    });
    const values = found.map((parameter, i) => {
      const outcome = parameter.read(pairs[i]![1]);
      if ("problem" in outcome) throw failed(parameter, outcome.problem);
      return outcome.value;
    });
    found.forEach(({ name }, i) => this.#values.set(name, values[i]!));
    for (const { name } of found) this.#changed(name);
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

function failed({ name }: Parameter, problem: Bytes): ReplyError {
  return new ReplyError(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${problem}`);
}
