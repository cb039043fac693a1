// What SENTINEL SET, SENTINEL CONFIG and sentinel.conf change (sentinel.c: sentinelSetCommand, sentinelConfigSetCommand, sentinelHandleConfiguration).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { globMatch } from "../../kernel/glob.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { exists, type Since } from "../../commands/profile.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Address } from "../../server/network.ts";
import { meet } from "./hello.ts";
import type { Master } from "./instance.ts";
import type { Sentinel } from "./sentinel.ts";

/** A whole number from 1 on; undefined for anything else. */
function positive(text: Bytes): number | undefined {
  const value = parseInt64(text);
  return typeof value === "number" && value > 0 ? value : undefined;
}

interface MasterSetting {
  /** Words behind its name. */
  readonly words: 1 | 2;
  /** False where the value is wrong. */
  set(master: Master, value: Bytes, second: Bytes): boolean;
}

function number(assign: (master: Master, value: number) => void, read = positive): MasterSetting {
  return {
    words: 1,
    set(master, text) {
      const value = read(text);
      if (value === undefined) return false;
      assign(master, value);
      return true;
    },
  };
}

function text(assign: (master: Master, value: Bytes) => void): MasterSetting {
  return {
    words: 1,
    set(master, value) {
      assign(master, value);
      return true;
    },
  };
}

const fromZero = (word: Bytes): number | undefined => {
  const value = parseInt64(word);
  return typeof value === "number" && value >= 0 ? value : undefined;
};

export const masterSettings: Readonly<Record<string, MasterSetting>> = {
  "down-after-milliseconds": number((master, value) => {
    master.downAfterMs = value;
    for (const each of [...master.slaves.values(), ...master.sentinels.values()]) each.downAfterMs = value;
  }),
  "failover-timeout": number((master, value) => (master.failoverTimeoutMs = value)),
  "parallel-syncs": number((master, value) => (master.parallelSyncs = value)),
  quorum: number((master, value) => (master.quorum = value)),
  "auth-pass": text((master, value) => {
    master.authPassword = value;
    dialAnew(master);
  }),
  "auth-user": text((master, value) => {
    master.authUser = value;
    dialAnew(master);
  }),
  "rename-command": {
    words: 2,
    set(master, from, to) {
      master.renamedCommands.set(lower(from), to);
      return true;
    },
  },
  "master-reboot-down-after-period": number((master, value) => (master.rebootDownAfterMs = value), fromZero),
};

/** Who has said another name or password before says it again (sentinel.c: dropInstanceConnections). */
function dialAnew(master: Master): void {
  master.link.close();
  for (const slave of master.slaves.values()) slave.link.close();
}

interface ScriptSetting {
  /** As errors call it. */
  readonly shown: string;
  set(master: Master, path: Bytes): void;
}

/** An empty path takes the script away. */
const scriptSettings: Readonly<Record<string, ScriptSetting>> = {
  "notification-script": { shown: "Notification", set: (master, path) => (master.notificationScript = path) },
  "client-reconfig-script": {
    shown: "Client reconfiguration",
    set: (master, path) => (master.clientReconfigScript = path),
  },
};

/** False for what is no option of a script; throws where the script may not be set, or is not there. */
function setScript({ deniesScripts, server }: Sentinel, master: Master, option: Bytes, path: Bytes): boolean {
  const setting = Object.hasOwn(scriptSettings, option) ? scriptSettings[option] : undefined;
  if (setting === undefined) return false;
  if (deniesScripts) {
    throw new ReplyError(
      "ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration",
    );
  }
  if (path !== "" && !server.world.programs.has(path)) {
    throw new ReplyError(`ERR ${setting.shown} script seems non existing or non executable`);
  }
  setting.set(master, path);
  return true;
}

/** SENTINEL SET: option after option; what came before a wrong one holds. */
export function setMaster(sentinel: Sentinel, master: Master, words: readonly Bytes[]): void {
  for (let at = 0; at < words.length;) {
    const option = lower(words[at]!);
    if (at + 1 < words.length && setScript(sentinel, master, option, words[at + 1]!)) {
      sentinel.event("+set", master, `${option} ${words[at + 1]!}`);
      at += 2;
      continue;
    }
    const setting = Object.hasOwn(masterSettings, option) ? masterSettings[option] : undefined;
    if (setting === undefined || at + setting.words >= words.length) {
      throw new ReplyError(`ERR Unknown option or number of arguments for SENTINEL SET '${words[at]!}'`);
    }
    const [value = "", second = ""] = words.slice(at + 1);
    if (!setting.set(master, value, second)) {
      throw new ReplyError(`ERR Invalid argument '${value}' for SENTINEL SET '${words[at]!}'`);
    }
    const shown = option === "auth-pass" ? "******" : words.slice(at + 1, at + 1 + setting.words).join(" ");
    sentinel.event("+set", master, `${option} ${shown}`);
    at += 1 + setting.words;
  }
}

interface GlobalSetting {
  readonly since?: Since;
  get(sentinel: Sentinel): Bytes;
  /** False where the value is wrong. */
  set(sentinel: Sentinel, value: Bytes): boolean;
}

function flag(
  get: (sentinel: Sentinel) => boolean,
  assign: (sentinel: Sentinel, value: boolean) => void,
): GlobalSetting {
  return {
    get: (sentinel) => (get(sentinel) ? "yes" : "no"),
    set(sentinel, word) {
      const value = lower(word);
      if (value !== "yes" && value !== "no") return false;
      assign(sentinel, value === "yes");
      return true;
    },
  };
}

function word(get: (sentinel: Sentinel) => Bytes, assign: (sentinel: Sentinel, value: Bytes) => void): GlobalSetting {
  return {
    get,
    set(sentinel, value) {
      assign(sentinel, value);
      return true;
    },
  };
}

const LOG_LEVELS: ReadonlySet<Bytes> = new Set(["debug", "verbose", "notice", "warning", "nothing"]);
const MOST_PORT = 65_535;

export const globalSettings: Readonly<Record<string, GlobalSetting>> = {
  "resolve-hostnames": flag(
    ({ resolvesHostnames }) => resolvesHostnames,
    (sentinel, value) => (sentinel.resolvesHostnames = value),
  ),
  "announce-hostnames": flag(
    ({ announcesHostnames }) => announcesHostnames,
    (sentinel, value) => (sentinel.announcesHostnames = value),
  ),
  "announce-ip": word(
    ({ announcedHost }) => announcedHost,
    (sentinel, value) => (sentinel.announcedHost = value),
  ),
  "announce-port": {
    get: ({ announcedPort }) => String(announcedPort),
    set(sentinel, value) {
      const port = parseInt64(value);
      if (typeof port !== "number" || port < 0 || port > MOST_PORT) return false;
      sentinel.announcedPort = port;
      return true;
    },
  },
  "sentinel-user": word(
    ({ authUser }) => authUser,
    (sentinel, value) => (sentinel.authUser = value),
  ),
  "sentinel-pass": word(
    ({ authPassword }) => authPassword,
    (sentinel, value) => (sentinel.authPassword = value),
  ),
  loglevel: {
    since: "7.2.0",
    get: ({ logLevel }) => logLevel,
    set(sentinel, value) {
      if (!LOG_LEVELS.has(lower(value))) return false;
      sentinel.logLevel = lower(value);
      return true;
    },
  },
};

/** SENTINEL CONFIG GET: the settings whose names fit a pattern. */
export function matchGlobal(sentinel: Sentinel, patterns: readonly Bytes[]): (readonly [Bytes, Bytes])[] {
  return Object.entries(globalSettings)
    .filter(([, { since }]) => exists(since, sentinel.server.profile))
    .filter(([name]) => patterns.some((pattern) => globMatch(pattern, name, { ignoreCase: true })))
    .map(([name, setting]) => [name, setting.get(sentinel)]);
}

/** SENTINEL CONFIG SET: names and values in turn; none is set where one is wrong. */
export function setGlobal(sentinel: Sentinel, words: readonly Bytes[]): void {
  for (let at = 0; at < words.length; at += 2) {
    const [name = "", value] = words.slice(at, at + 2);
    const setting = Object.hasOwn(globalSettings, lower(name)) ? globalSettings[lower(name)] : undefined;
    if (setting === undefined || !exists(setting.since, sentinel.server.profile))
      throw new ReplyError(`ERR Invalid argument '${name}' to SENTINEL CONFIG SET`);
    if (value === undefined) {
      throw new ReplyError(`ERR Missing argument '${name}' value`);
    }
    if (!setting.set(sentinel, value)) {
      throw new ReplyError(`ERR Invalid value '${value}' to SENTINEL CONFIG SET '${name}'`);
    }
  }
  for (const master of sentinel.masters.values()) {
    for (const { link } of master.sentinels.values()) link.close();
  }
}

/** Lines of sentinel.conf: `sentinel monitor mymaster 127.0.0.1 6379 2`, `sentinel down-after-milliseconds mymaster 1000`. */
export function configure(sentinel: Sentinel, lines: readonly string[]): void {
  const users: string[] = [];
  for (const line of lines) {
    const [directive = "", ...words] = line.trim().split(/\s+/);
    if (directive === "") continue;
    if (directive === "user") {
      users.push(line);
      continue;
    }
    if (directive !== "sentinel") throw new TypeError(`sentinel.conf: '${line}' is no directive of a Sentinel`);
    const [option = "", ...rest] = words;
    if (!apply(sentinel, lower(option), rest)) throw new TypeError(`sentinel.conf: '${line}' is wrong`);
  }
  for (const master of sentinel.masters.values()) sentinel.beginsToWatch(master);
  sentinel.server.users.start(users);
}

/** What a Sentinel writes into its file of itself, to know it again. */
const ownState: Readonly<Record<string, (sentinel: Sentinel, word: Bytes) => boolean>> = {
  myid(sentinel, id) {
    if (!RUN_ID.test(id)) return false;
    sentinel.id = id;
    return true;
  },
  "current-epoch"(sentinel, word) {
    const epoch = fromZero(word);
    if (epoch === undefined) return false;
    sentinel.currentEpoch = Math.max(sentinel.currentEpoch, epoch);
    return true;
  },
  "deny-scripts-reconfig"(sentinel, word) {
    const value = lower(word);
    if (value !== "yes" && value !== "no") return false;
    sentinel.deniesScripts = value === "yes";
    return true;
  },
};

/** What it writes of a master: who else was there, and in which epoch. */
const masterState: Readonly<Record<string, (sentinel: Sentinel, master: Master, words: readonly Bytes[]) => boolean>> =
  {
    "known-replica": knownReplica,
    "known-slave": knownReplica,
    "known-sentinel"(sentinel, master, [, host, port, id]) {
      const address = addressOf(host, port);
      if (address === undefined || id === undefined) return false;
      return meet(sentinel, master, { id, address }) !== undefined;
    },
    "config-epoch"(sentinel, master, [, word]) {
      const epoch = fromZero(word ?? "");
      if (epoch === undefined) return false;
      master.configEpoch = epoch;
      sentinel.currentEpoch = Math.max(sentinel.currentEpoch, epoch);
      return true;
    },
    "leader-epoch"(_sentinel, master, [, word]) {
      const epoch = fromZero(word ?? "");
      if (epoch === undefined) return false;
      master.leaderEpoch = epoch;
      return true;
    },
  };

const RUN_ID = /^[0-9a-f]{40}$/;

function knownReplica(sentinel: Sentinel, master: Master, [, host, port]: readonly Bytes[]): boolean {
  const address = addressOf(host, port);
  if (address === undefined) return false;
  sentinel.createSlave(master, address);
  return true;
}

function addressOf(host: Bytes | undefined, port: Bytes | undefined): Address | undefined {
  const number = positive(port ?? "");
  return host === undefined || number === undefined || number > MOST_PORT ? undefined : { host, port: number };
}

function apply(sentinel: Sentinel, option: string, words: readonly Bytes[]): boolean {
  if (option === "monitor") {
    const [name, host, port, quorum] = words;
    if (name === undefined || host === undefined || positive(port ?? "") === undefined) return false;
    const needed = positive(quorum ?? "");
    if (needed === undefined) return false;
    sentinel.monitor({ name, address: { host, port: Number(port) }, quorum: needed });
    return true;
  }
  if (Object.hasOwn(globalSettings, option)) return globalSettings[option]!.set(sentinel, words[0] ?? "");
  if (Object.hasOwn(ownState, option)) return words.length === 1 && ownState[option]!(sentinel, words[0]!);
  const master = sentinel.masters.get(words[0] ?? "");
  if (master !== undefined && Object.hasOwn(masterState, option)) return masterState[option]!(sentinel, master, words);
  if (master !== undefined && Object.hasOwn(scriptSettings, option)) {
    return nameScript(sentinel, master, scriptSettings[option]!, words);
  }
  const setting = Object.hasOwn(masterSettings, option) ? masterSettings[option] : undefined;
  if (master === undefined || setting === undefined || words.length !== 1 + setting.words) return false;
  return setting.set(master, words[1]!, words[2] ?? "");
}

function nameScript({ server }: Sentinel, master: Master, setting: ScriptSetting, words: readonly Bytes[]): boolean {
  const [, path = ""] = words;
  if (words.length !== 2) return false;
  if (!server.world.programs.has(path)) {
    throw new TypeError(`There is no program ${path} for a Sentinel to run: name it among the programs of its world`);
  }
  setting.set(master, path);
  return true;
}
