// What a team may say of its simulated deployment; what it misspells, and what means nothing, is an error.
import { types } from "node:util";
import {
  requireChoice,
  requireKnown,
  show,
  type ExpiryMode,
  type ProfileName,
  type ProgramsByPath,
  type ServerOptions,
  type Topology,
} from "../core/index.ts";
import type { ClockMode } from "./time/clock.ts";

export interface RedoubleOptions {
  /** Which server is simulated: `redis-7.0` to `redis-8.0`, `valkey-8.1`. Default `redis-8.0`. */
  readonly profile?: ProfileName;
  /** Another way to name the profile: `"7.2"`, `"8.0.2"`, `"valkey-8.1"`. */
  readonly version?: string;
  /** Every random draw follows from it. Default 1. */
  readonly seed?: number | string;
  /** Where the clock begins, in milliseconds of Unix time. Default: now. */
  readonly startTime?: number | Date;
  /** Default `auto`: virtual, or following vitest's or jest's fake timers while they are on. */
  readonly clock?: ClockMode;
  /** `exact` (default) removes keys at the first possible moment, `sampled` late and by chance, as a real server does. */
  readonly expiry?: ExpiryMode;
  /** As in redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
  /** Who may come in, and what they may do, as in redis.conf: `alice on >secret ~cache:* +@read`. Default: everybody, everything. */
  readonly users?: readonly string[];
  /**
   * What lies on the disk of every server when it starts, by path from its `dir`: `{ "dump.rdb": readFileSync("fixture.rdb") }`,
   * or the file that the parameter `aclfile` names. Text is UTF-8.
   */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What applications dial. Default `localhost:6379`, `127.0.0.1:6379` and `[::1]:6379`. */
  readonly addresses?: readonly string[];
  /** Say no to keep clients that name no redouble away from this one. Default yes: the newest one has them. */
  readonly asDefault?: boolean;
  /** How many received commands `server.commands` keeps, the last ones. Default 10,000. */
  readonly keepCommands?: number;
  /** Commands beside those of the profile. */
  readonly extraCommands?: ServerOptions["extraCommands"];
  /**
   * What is simulated: `primaryWithReplicas({ replicas: 2 })`, `sentinel({ replicas: 1, sentinels: 3 })`. Every server answers at
   * 127.0.0.1 and localhost under its own port. Default: one server.
   */
  readonly topology?: Topology;
  /** What can be run on the simulated machine, by path: the scripts that Sentinels call. Each gets its arguments as text. */
  readonly programs?: ProgramsByPath;
}

const known: Readonly<Record<keyof RedoubleOptions, true>> = {
  profile: true,
  version: true,
  seed: true,
  startTime: true,
  clock: true,
  expiry: true,
  config: true,
  users: true,
  files: true,
  addresses: true,
  asDefault: true,
  keepCommands: true,
  extraCommands: true,
  topology: true,
  programs: true,
};

/** The names of all options. */
export const redoubleOptionNames = Object.keys(known);

/** Throws for options that there are not, and for values that mean nothing. Profiles, topologies and addresses have checks of their own. */
export function checkRedoubleOptions(options: RedoubleOptions): void {
  requireKnown("createRedouble", options, redoubleOptionNames);
  const { seed = 1, startTime = 0, clock, expiry, config, files, addresses = [], users = [], programs } = options;
  requireFields("config", config, '{ maxmemory: "10mb" }');
  requireFields("files", files, '{ "dump.rdb": readFileSync("fixture.rdb") }');
  requireFields("programs", programs, '{ "/opt/page.sh": () => 0 }');
  requireChoice("clock", clock, ["virtual", "wall", "following", "auto"] satisfies ClockMode[]);
  requireChoice("expiry", expiry, ["exact", "sampled"] satisfies ExpiryMode[]);
  if (!Array.isArray(addresses))
    throw new TypeError(`addresses is a list, as in ["cache.internal:6380"], not ${show(addresses)}`);
  if (!Array.isArray(users)) {
    throw new TypeError(`users is a list, as in ["alice on >secret ~cache:* +@read"], not ${show(users)}`);
  }
  for (const [path, content] of Object.entries(files ?? {})) {
    if (typeof content !== "string" && !types.isUint8Array(content))
      throw new TypeError(`files: ${path} is a text or a Uint8Array, not ${show(content)}`);
  }
  for (const [path, program] of Object.entries(programs ?? {})) {
    if (typeof program !== "function") throw new TypeError(`programs: ${path} is a function, not ${show(program)}`);
  }
  if (typeof seed !== "string" && !Number.isFinite(seed))
    throw new TypeError(`seed is a number or a text, not ${String(seed)}`);
  if (!Number.isFinite(Number(startTime))) throw new TypeError(`startTime is a time, not ${String(startTime)}`);
}

function requireFields(option: string, value: unknown, example: string): void {
  if (value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))) return;
  throw new TypeError(`${option} is an object, as in ${example}, not ${show(value)}`);
}
