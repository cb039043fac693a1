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
import { readUserFile } from "./user-file.ts";

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

/** The errors of somebody who gives rules. */
interface Complaints {
  readonly wrong: (rule: Bytes, problem: Bytes) => Error;
  readonly unmatched: (word: Bytes) => Error;
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

  /**
   * The process starts with the users that are declared, or with those of its file.
   * @throws TypeError for lines that mean nothing, or where both are there; ReplyError for a file that cannot be read
   */
  start(lines: readonly string[] = this.#declared): void {
    this.#declared = lines;
    this.#begin();
    this.#password = "";
    this.readConfig();
    if (this.haveFile && lines.length > 0) throw new TypeError("users are declared, or are in the file `aclfile`");
    if (this.haveFile) this.load();
    else this.#makeDeclared();
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

  /** Lines of redis.conf: `user alice on >secret ~cache:* +@read`. The default user's rules replace those that it had. */
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
      this.#apply(changed, words, {
        wrong: (rule, problem) => new TypeError(`users: '${rule}' of '${name}': ${problem}`),
        unmatched: (word) => new TypeError(`users: '${word}' of '${name}' opens a parenthesis that nothing closes`),
      });
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
    const user = this.find(name) ?? new User(name, this.#defaults);
    const changed = user.clone();
    this.#apply(changed, words, {
      wrong: (rule, problem) => new ReplyError(`ERR Error in ACL SETUSER modifier '${printed(rule)}': ${problem}`),
      unmatched: (word) => new ReplyError(`ERR Unmatched parenthesis in acl selector starting at '${printed(word)}'.`),
    });
    if (user.listensBeyond(changed)) {
      const answered = this.#server.profile.can.answersBeforeCutOff;
      for (const client of this.#clientsOf(user)) {
        if (!changed.mayListenTo(client.subscriptions)) this.#cutOff(client, { answered });
      }
    }
    user.become(changed);
    this.#byName.set(name, user);
  }

  #apply(user: User, words: readonly Bytes[], { wrong, unmatched }: Complaints): void {
    const rules = joinSelectors(words, this.#server.profile);
    if ("unmatched" in rules) throw unmatched(rules.unmatched);
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
      for (const client of this.#clientsOf(user)) this.#cutOff(client);
      deleted++;
    }
    return deleted;
  }

  /** Whether `aclfile` names one. */
  get haveFile(): boolean {
    return this.#file !== "";
  }

  get #file(): Bytes {
    return this.#server.config.text("aclfile");
  }

  /** ACL LOAD: the users of the file take the place of those that there are, or nothing changes. */
  load(): void {
    const { disk, profile } = this.#server;
    const text = disk.read(disk.pathOf(this.#file));
    if (text === undefined) {
      throw new ReplyError(`ERR Error loading ACLs, opening file '${this.#file}': No such file or directory`);
    }
    const read = readUserFile(text, { path: this.#file, profile, defaults: this.#defaults });
    if ("problems" in read) throw new ReplyError(`ERR ${read.problems}`);
    this.#begin();
    for (const [name, user] of read.users) {
      if (name === DEFAULT) this.#default.become(user);
      else this.#byName.set(name, user);
    }
    for (const client of this.#server.clients.values()) this.#carryOver(client);
  }

  /** A client goes on as the user that has its user's name now, where it may listen to all that it listens to. */
  #carryOver(client: Client): void {
    const { account, subscriptions } = client;
    const { can } = this.#server.profile;
    if (account === undefined || account === this.#default) return;
    const successor = can.keepsClientsOfReloadedUsers ? this.find(account.name) : undefined;
    if (successor === undefined || (account.listensBeyond(successor) && !successor.mayListenTo(subscriptions))) {
      this.#cutOff(client, { answered: can.answersReloadBeforeCutOff });
    } else client.account = successor;
  }

  /** ACL SAVE. */
  save(): void {
    const { disk } = this.#server;
    const text = this.all.map(({ line }) => `${line}\n`);
    if (disk.write(disk.pathOf(this.#file), text)) return;
    throw new ReplyError(
      "ERR There was an error trying to save the ACLs. Please check the server logs for more information",
    );
  }

  /** Who asked for it itself still gets the reply, where it is `answered`. */
  #cutOff(client: Client, { answered = true } = {}): void {
    client.account = this.#default;
    client.authenticated = false;
    if (answered && client === this.#server.executing) client.closesAfterCommand = true;
    else client.close();
  }

  #clientsOf(user: User): readonly Client[] {
    return [...this.#server.clients.values()].filter(({ account }) => account === user);
  }
}

function noDenials(): Record<DenialReason, number> {
  return { auth: 0, command: 0, key: 0, channel: 0 };
}
