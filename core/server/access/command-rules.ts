// The commands that a selector permits, and the rules that made it so (acl.c: ACLSetSelector, ACLUpdateCommandRules).
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { categoriesOf, findCategory } from "../../commands/acl/categories.ts";
import type { AclCategory } from "../../commands/command.ts";
import type { CommandTable, ResolvedCommand } from "../../commands/command-table.ts";
import { printed } from "../../resp/errors.ts";
import type { RuleProblem } from "./rule-problem.ts";

export class CommandRules {
  readonly #table: CommandTable;
  /** Every command is permitted, and nothing was taken away since. */
  #all = false;
  #future = false;
  #permitted = new Set<Bytes>();
  /** Commands that are permitted with some first arguments only. */
  #firstArguments = new Map<Bytes, readonly Bytes[]>();
  /** The rules since the last of those that begin anew, in their order, without those that later ones replaced. */
  #words: readonly Bytes[] = [];

  constructor(table: CommandTable) {
    this.#table = table;
  }

  clone(): CommandRules {
    const copy = new CommandRules(this.#table);
    copy.#all = this.#all;
    copy.#future = this.#future;
    copy.#permitted = new Set(this.#permitted);
    copy.#firstArguments = new Map(this.#firstArguments);
    copy.#words = this.#words;
    return copy;
  }

  /** Nothing is forbidden. */
  get everything(): boolean {
    return this.#all;
  }

  /** It began with all commands, so those count as permitted that do not exist yet. */
  get permitsFuture(): boolean {
    return this.#future;
  }

  get words(): readonly Bytes[] {
    return this.#words;
  }

  /** Whether a command is permitted whatever its arguments. */
  permitsAlways({ fullName }: ResolvedCommand): boolean {
    return this.#all || this.#permitted.has(fullName);
  }

  /** The first arguments with which a command is permitted. */
  firstArguments({ fullName }: ResolvedCommand): readonly Bytes[] {
    return this.#firstArguments.get(fullName) ?? [];
  }

  permits(command: ResolvedCommand, argv: readonly Bytes[]): boolean {
    if (this.permitsAlways(command) || command.flags.has("no_auth")) return true;
    const [, first] = argv;
    if (first === undefined) return false;
    return this.firstArguments(command).some((each) => equalIgnoringCase(each, printed(first)));
  }

  /** `allcommands`, `nocommands`. */
  setAll(permitted: boolean): void {
    this.#all = permitted;
    this.#future = permitted;
    this.#permitted.clear();
    this.#firstArguments.clear();
    this.#words = [];
  }

  /** `+get`, `-config|set`, `+@read`, `+select|0`; the problem with it where it cannot be done. */
  set(rule: Bytes): RuleProblem | undefined {
    const permitted = rule.startsWith("+");
    const what = rule.slice(1);
    const problem = what.startsWith("@")
      ? this.#setCategory(what.slice(1), permitted)
      : this.#setCommand(what, permitted);
    if (problem === undefined) this.#noteRule(lower(what), permitted);
    return problem;
  }

  #setCategory(name: Bytes, permitted: boolean): RuleProblem | undefined {
    const category = findCategory(name);
    if (category === undefined) return "unknown";
    this.setCategory(category, permitted);
    return undefined;
  }

  /** Every command of a category, without a word about it. */
  setCategory(category: AclCategory, permitted: boolean): void {
    for (const command of this.#table.everyForm()) {
      if (categoriesOf(command).includes(category)) this.setCommand(command, permitted);
    }
  }

  #setCommand(name: Bytes, permitted: boolean): RuleProblem | undefined {
    const bar = name.lastIndexOf("|");
    if (permitted && bar >= 0) return this.#permitForm(name, name.slice(0, bar), name.slice(bar + 1));
    const command = this.#table.named(name);
    if (command === undefined) return "unknown";
    this.setCommand(command, permitted);
    return undefined;
  }

  /** `+config|get` is a subcommand; of a command that has none it is the first argument that is permitted. */
  #permitForm(name: Bytes, container: Bytes, word: Bytes): RuleProblem | undefined {
    const command = this.#table.named(container);
    if (command === undefined) return "unknown";
    if (command.words === 2) return "firstArgument";
    if (word === "") return "syntax";
    if (command.subcommands.size > 0) {
      const subcommand = this.#table.named(name);
      if (subcommand === undefined) return "unknown";
      this.setCommand(subcommand, true);
      return undefined;
    }
    const known = this.firstArguments(command);
    if (!known.some((each) => equalIgnoringCase(each, word)))
      this.#firstArguments.set(command.fullName, [...known, word]);
    return undefined;
  }

  /** A command with its subcommands, without a word about it. */
  setCommand(command: ResolvedCommand, permitted: boolean): void {
    if (!permitted) this.#nameAll();
    for (const { fullName } of [command, ...command.subcommands.values()]) {
      if (permitted) this.#permitted.add(fullName);
      else this.#permitted.delete(fullName);
      this.#firstArguments.delete(fullName);
    }
  }

  /** From now on what is permitted is known by name. */
  #nameAll(): void {
    if (!this.#all) return;
    this.#all = false;
    for (const { fullName } of this.#table.everyForm()) this.#permitted.add(fullName);
  }

  /** A rule takes the place of those that it makes void: the same one, and those about subcommands of the command. */
  #noteRule(what: Bytes, permitted: boolean): void {
    const kept = this.#words.filter((word) => {
      const earlier = word.slice(1);
      return earlier !== what && !earlier.startsWith(`${what}|`);
    });
    this.#words = [...kept, `${permitted ? "+" : "-"}${what}`];
  }
}
