// Who may do what: the users of a server, who has come in as whom, and what they are refused (acl.c).
import type { Bytes } from "../../kernel/bytes.ts";
import { describeClient } from "../../commands/connection/client-line.ts";
import type { ResolvedCommand } from "../../commands/command-table.ts";
import type { ClientPort, QueuedCommand } from "../../commands/ports.ts";
import { printed, ReplyError } from "../../resp/errors.ts";
import type { Client } from "../client.ts";
import type { Server } from "../server.ts";
import { AccessLog, type DenialContext, type DenialReason, type DeniedRequest } from "./access-log.ts";
import { dryRefusal, refusal, refusalInTransaction } from "./refusals.ts";
import { describeProblem } from "./rule-problem.ts";
import { joinSelectors } from "./join-selectors.ts";
import { hasSpace, type Denial } from "./selector.ts";
import { User, type UserDefaults } from "./user.ts";

/** The user of whoever has not said who it is. */
const DEFAULT = "default";

/** A request, and where it was made. */
interface DeniableRequest {
  readonly command: ResolvedCommand;
  readonly argv: readonly Bytes[];
  readonly context: DenialContext;
}

/** Who somebody says to be. */
export interface Credentials {
  readonly name: Bytes;
  readonly password: Bytes;
  /** The command that says so, as it was sent. */
  readonly by: Bytes;
}

export class Users {
  log = new AccessLog();
  /** How often somebody was refused, since the server was started. */
  denials = noDenials();
  readonly #server: Server;
  readonly #byName = new Map<Bytes, User>();
  readonly #default: User;
  /** The lines that it starts with. */
  #declared: readonly string[] = [];
  #password = "";

  constructor(server: Server) {
    this.#server = server;
    this.#default = new User(DEFAULT, this.#defaults);
    this.#begin();
  }

  /** There is the default user, who may do everything. */
  #begin(): void {
    this.#default.become(new User(DEFAULT, this.#defaults));
    for (const rule of ["on", "nopass", "~*", "&*", "+@all"]) this.#default.set(rule, this.#defaults);
    this.#byName.clear();
    this.#byName.set(DEFAULT, this.#default);
  }

  /** The process has started again: who was not declared is forgotten, and what was remembered. */
  restore(): void {
    this.#begin();
    this.#password = "";
    this.readConfig();
    this.#makeDeclared();
    this.log = new AccessLog();
    this.denials = noDenials();
  }

  get #defaults(): UserDefaults {
    const { table, config } = this.#server;
    return { table, allChannels: config.text("acl-pubsub-default") === "allchannels" };
  }

  /** `requirepass` is the default user's password, and the only one, from the moment on at which it is set. */
  readConfig(): void {
    const password = this.#server.config.text("requirepass");
    if (password === this.#password) return;
    this.#password = password;
    this.#default.set("resetpass", this.#defaults);
    this.#default.set(password === "" ? "nopass" : `>${password}`, this.#defaults);
  }

  /**
   * Lines of redis.conf: `user alice on >secret ~cache:* +@read`. The default user's rules replace those that it had.
   * @throws TypeError for what is no user, or is there already
   */
  declare(lines: readonly string[]): void {
    this.#declared = lines;
    this.#makeDeclared();
  }

  #makeDeclared(): void {
    const names = new Set<Bytes>();
    for (const line of this.#declared) {
      const [name = "", ...words] = line
        .trim()
        .replace(/^user\s+/, "")
        .split(/\s+/);
      if (names.has(name)) throw new TypeError(`users: '${name}' is there twice`);
      names.add(name);
      const user = this.find(name) ?? new User(name, this.#defaults);
      const changed = user.clone();
      if (name === DEFAULT) changed.set("reset", this.#defaults);
      const rules = joinSelectors(words, this.#server.profile);
      this.#apply(changed, rules, (rule, problem) => new TypeError(`users: '${rule}' of '${name}': ${problem}`));
      user.become(changed);
      this.#byName.set(name, user);
    }
  }

  /** By name. */
  get all(): readonly User[] {
    return [...this.#byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  get default(): User {
    return this.#default;
  }

  find(name: Bytes): User | undefined {
    return this.#byName.get(name);
  }

  /** Whoever connects is the default user, without a word. */
  get isOpen(): boolean {
    return this.#default.enabled && this.#default.noPassword;
  }

  /** Makes a client the user of a name and a password; false where they do not fit, which is remembered. */
  authenticate(client: ClientPort, { name, password, by }: Credentials): boolean {
    const user = this.find(name);
    if (user === undefined || !user.admits(password)) {
      const context = client.transaction === undefined ? "toplevel" : "multi";
      this.denials.auth++;
      this.#remember(client, { reason: "auth", context, object: by, username: name });
      return false;
    }
    client.account = user;
    client.authenticated = true;
    return true;
  }

  /** Throws where the client's user may not do what it asks for; that is remembered. */
  admit(client: ClientPort, command: ResolvedCommand, argv: readonly Bytes[]): void {
    const context = client.transaction === undefined ? "toplevel" : "multi";
    const denial = this.denies(client, { command, argv, context });
    if (denial === undefined) return;
    const { profile } = this.#server;
    throw new ReplyError(`NOPERM ${refusal(denial, { profile, command, username: client.user })}`);
  }

  /** Why what a client has queued may not run any more; undefined where it may. */
  refusesQueued(client: ClientPort, { command, argv }: QueuedCommand): Bytes | undefined {
    const denial = this.denies(client, { command, argv, context: "multi" });
    return denial && refusalInTransaction(denial);
  }

  /** ACL DRYRUN: why a user may not do something; undefined where it may. Nothing is remembered. */
  refusesInTrial(user: User, { command, argv }: QueuedCommand): Bytes | undefined {
    const denial = user.denies(command, argv);
    return denial && dryRefusal(denial, argv, { profile: this.#server.profile, command, username: user.name });
  }

  /** Whether a client may read whatever key a request may lead to: SORT BY, SORT GET. */
  readsEveryKey({ account }: ClientPort, { command, argv }: QueuedCommand): boolean {
    return account === undefined || account.unrestricted || account.readsEveryKey(command, argv);
  }

  /** What forbids a request of a client's, which is remembered; undefined where nothing does. */
  denies(client: ClientPort, { command, argv, context }: DeniableRequest): Denial | undefined {
    const { account } = client;
    if (account === undefined || account.unrestricted) return undefined;
    const denial = account.denies(command, argv);
    if (denial === undefined) return undefined;
    const { reason, at } = denial;
    const object = reason === "command" ? command.fullName : argv[at]!;
    this.denials[reason]++;
    this.#remember(client, { reason, context, object, username: account.name });
    return denial;
  }

  #remember(client: ClientPort, denied: DeniedRequest): void {
    const { now, profile, config } = this.#server;
    const clientInfo = describeClient(client, { now, profile });
    this.log.add(denied, { now, clientInfo, maxLength: config.number("acllog-max-len") });
  }

  /** ACL SETUSER: all of the rules or none. Whoever listens to what it may no longer is cut off. */
  set(name: Bytes, words: readonly Bytes[]): void {
    if (hasSpace(name)) throw new ReplyError("ERR Usernames can't contain spaces or null characters");
    const rules = joinSelectors(words, this.#server.profile);
    const user = this.find(name) ?? new User(name, this.#defaults);
    const changed = user.clone();
    this.#apply(changed, rules, (rule, problem) => {
      return new ReplyError(`ERR Error in ACL SETUSER modifier '${printed(rule)}': ${problem}`);
    });
    if (user.listensBeyond(changed)) {
      const answered = this.#server.profile.can.answersBeforeCutOff;
      this.#cutOff((client) => client.account === user && !changed.mayListenTo(client.subscriptions), { answered });
    }
    user.become(changed);
    this.#byName.set(name, user);
  }

  #apply(user: User, rules: readonly Bytes[], wrong: (rule: Bytes, problem: Bytes) => Error): void {
    for (const rule of rules) {
      const problem = user.set(rule, this.#defaults);
      if (problem !== undefined) throw wrong(rule, describeProblem(problem));
    }
  }

  /** ACL DELUSER: their clients are cut off. How many of them there were. */
  delete(names: readonly Bytes[]): number {
    if (names.includes(DEFAULT)) throw new ReplyError("ERR The 'default' user cannot be removed");
    let deleted = 0;
    for (const name of names) {
      const user = this.find(name);
      if (user === undefined) continue;
      this.#byName.delete(name);
      this.#cutOff(({ account }) => account === user);
      deleted++;
    }
    return deleted;
  }

  /** Who asked for it itself still gets the reply, where it is `answered`. */
  #cutOff(concerns: (client: Client) => boolean, { answered = true } = {}): void {
    const { clients, executing } = this.#server;
    for (const client of [...clients.values()].filter(concerns)) {
      client.account = this.#default;
      client.authenticated = false;
      if (answered && client === executing) client.closesAfterCommand = true;
      else client.close();
    }
  }
}

function noDenials(): Record<DenialReason, number> {
  return { auth: 0, command: 0, key: 0, channel: 0 };
}
