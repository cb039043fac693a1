// A user: whether it may come in, with which passwords, and what it may do (acl.c: ACLSetUser).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { sha256 } from "../../kernel/sha256.ts";
import type { CommandTable, ResolvedCommand } from "../../commands/command-table.ts";
import type { Subscriptions } from "../../commands/ports.ts";
import { printed } from "../../resp/errors.ts";
import type { RuleProblem } from "./rule-problem.ts";
import { Request, Selector, type Denial } from "./selector.ts";

/** What new users and users that were reset begin with. */
export interface UserDefaults {
  readonly table: CommandTable;
  /** `acl-pubsub-default allchannels`. */
  readonly allChannels: boolean;
}

const RANK = { command: 1, key: 2, channel: 3 } as const;

export class User {
  readonly name: Bytes;
  /** It may do whatever can be done: nothing has to be looked at. */
  unrestricted = false;
  enabled = false;
  /** Any password will do. */
  noPassword = false;
  /** Whether payloads of RESTORE are to be checked; before 7.2 nothing was said until a rule did. */
  #sanitizes: boolean | undefined;
  #passwords: readonly Bytes[] = [];
  #root: Selector;
  #selectors: readonly Selector[] = [];
  readonly #table: CommandTable;

  constructor(name: Bytes, { table, allChannels }: UserDefaults) {
    this.name = name;
    this.#table = table;
    this.#root = new Selector(table, { allChannels });
    if (table.profile.can.keepsRules) this.#sanitizes = true;
  }

  /** What the user would be with other rules: nothing changes here. */
  clone(): User {
    const copy = new User(this.name, { table: this.#table, allChannels: false });
    copy.become(this);
    return copy;
  }

  /** Takes over everything but the name. */
  become(other: User): void {
    this.enabled = other.enabled;
    this.noPassword = other.noPassword;
    this.#sanitizes = other.#sanitizes;
    this.#passwords = other.#passwords;
    this.#root = other.#root.clone();
    this.#selectors = other.#selectors;
    this.unrestricted = this.#root.everything;
  }

  get sanitizesPayloads(): boolean {
    return this.#sanitizes !== false;
  }

  get passwords(): readonly Bytes[] {
    return this.#passwords;
  }

  /** The selectors that it was given beside its own. */
  get selectors(): readonly Selector[] {
    return this.#selectors;
  }

  get root(): Selector {
    return this.#root;
  }

  get #all(): readonly Selector[] {
    return [this.#root, ...this.#selectors];
  }

  /** Whether it may come in with a password. */
  admits(password: Bytes): boolean {
    return this.enabled && (this.noPassword || this.#passwords.includes(sha256(password)));
  }

  /** What forbids a request: of the selectors' reasons the one that came furthest (ACLCheckAllUserCommandPerm). */
  denies(command: ResolvedCommand, argv: readonly Bytes[]): Denial | undefined {
    const request = new Request(command, argv);
    let worst: Denial | undefined;
    for (const selector of this.#all) {
      const denial = selector.denies(request);
      if (denial === undefined) return undefined;
      if (worst === undefined || isFurther(denial, worst)) worst = denial;
    }
    return worst;
  }

  /** Whether one selector permits a request and every key to be read (ACLUserCheckCmdWithUnrestrictedPerms). */
  readsEveryKey(command: ResolvedCommand, argv: readonly Bytes[]): boolean {
    const request = new Request(command, argv);
    return this.#all.some((selector) => selector.readsEveryKey && selector.denies(request) === undefined);
  }

  /** Whether it may listen to all of this. */
  mayListenTo({ channels, patterns, shardChannels }: Subscriptions): boolean {
    const permits = (name: Bytes, kind: { readonly patterns?: boolean } = {}): boolean =>
      this.#all.some((selector) => selector.permitsChannel(name, kind));
    return (
      [...patterns].every((name) => permits(name, { patterns: true })) &&
      [...channels, ...shardChannels].every((name) => permits(name))
    );
  }

  /** Whether some channel may be permitted to it that is not to another. */
  listensBeyond(other: User): boolean {
    return !this.#all.every((selector) => selector.channelsAreAmong(other.#all));
  }

  /** Applies one rule; the problem with it where that cannot be done. */
  set(rule: Bytes, defaults: UserDefaults): RuleProblem | undefined {
    const problem = this.#set(rule, defaults);
    this.unrestricted = this.#root.everything;
    return problem;
  }

  #set(rule: Bytes, defaults: UserDefaults): RuleProblem | undefined {
    switch (lower(printed(rule))) {
      case "":
        return rule === "" ? undefined : "syntax";
      case "on":
        this.enabled = true;
        return undefined;
      case "off":
        this.enabled = false;
        return undefined;
      case "nopass":
        this.#setPasswords([], { none: true });
        return undefined;
      case "resetpass":
        this.#setPasswords([]);
        return undefined;
      case "sanitize-payload":
        this.#sanitizes = true;
        return undefined;
      case "skip-sanitize-payload":
        this.#sanitizes = false;
        return undefined;
      case "clearselectors":
        this.#selectors = [];
        return undefined;
      case "reset":
        this.#reset(defaults);
        return undefined;
      default:
        return this.#setOther(rule, defaults);
    }
  }

  #setOther(rule: Bytes, defaults: UserDefaults): RuleProblem | undefined {
    const rest = rule.slice(1);
    switch (rule[0]) {
      case ">":
        this.#addPassword(sha256(rest));
        return undefined;
      case "#":
        if (!isHash(rest)) return "badHash";
        this.#addPassword(rest);
        return undefined;
      case "<":
        return this.#removePassword(sha256(rest));
      case "!":
        return isHash(rest) ? this.#removePassword(rest) : "badHash";
      default:
        return rule.startsWith("(") && rule.endsWith(")") ? this.#addSelector(rule, defaults) : this.#root.set(rule);
    }
  }

  #setPasswords(passwords: readonly Bytes[], { none = false } = {}): void {
    this.#passwords = passwords;
    this.noPassword = none;
  }

  #addPassword(hash: Bytes): void {
    this.#setPasswords(this.#passwords.includes(hash) ? this.#passwords : [...this.#passwords, hash]);
  }

  #removePassword(hash: Bytes): RuleProblem | undefined {
    if (!this.#passwords.includes(hash)) return "noPassword";
    this.#passwords = this.#passwords.filter((each) => each !== hash);
    return undefined;
  }

  #addSelector(text: Bytes, defaults: UserDefaults): RuleProblem | undefined {
    const selector = Selector.parse(text, this.#table, defaults);
    if ("problem" in selector) return selector.problem;
    this.#selectors = [...this.#selectors, selector];
    return undefined;
  }

  #reset({ allChannels }: UserDefaults): void {
    this.enabled = false;
    this.#sanitizes = true;
    this.#setPasswords([]);
    this.#selectors = [];
    this.#root = new Selector(this.#table, { allChannels });
  }

  /** `on`, `nopass` and their like. */
  get flags(): readonly Bytes[] {
    return [
      this.enabled ? "on" : "off",
      ...(this.noPassword ? ["nopass"] : []),
      ...(this.#sanitizes === undefined ? [] : [this.#sanitizes ? "sanitize-payload" : "skip-sanitize-payload"]),
    ];
  }

  /** As it stands in a file of users. */
  get line(): Bytes {
    return `user ${this.name} ${this.text}`;
  }

  /** As rules that make the same user. */
  get text(): Bytes {
    return [
      ...this.flags,
      ...this.#passwords.map((hash) => `#${hash}`),
      this.#root.text,
      ...this.#selectors.map(({ text }) => `(${text})`),
    ].join(" ");
  }
}

function isFurther(denial: Denial, than: Denial): boolean {
  const further = RANK[denial.reason] - RANK[than.reason];
  return further > 0 || (further === 0 && denial.at > than.at);
}

function isHash(text: Bytes): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
