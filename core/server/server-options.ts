// What a simulated server is made of, and how one connects to it.
import type { Bytes } from "../kernel/bytes.ts";
import type { Command } from "../commands/command.ts";
import type { ProfileName } from "../commands/profile.ts";
import type { Door } from "./doors.ts";
import type { ExpiryMode } from "./expiry.ts";
import type { Field } from "./info/fields.ts";
import type { Peer } from "./link.ts";

export interface ServerOptions {
  /** How faults and traces call it. */
  readonly name?: string;
  readonly profile?: ProfileName;
  /** Where it believes to listen: INFO, CLIENT LIST and later topologies show it. */
  readonly address?: { readonly host: string; readonly port: number };
  /** Start-up configuration, as in redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
  /** Users, as in redis.conf: `alice on >secret ~cache:* +@read`. */
  readonly users?: readonly string[];
  /** What lies on its disk when it starts, by path, from the directory of its data: `dump.rdb`, the file that `aclfile` names. */
  readonly files?: Readonly<Record<string, Bytes>>;
  readonly expiry?: ExpiryMode;
  /** Instructions of Lua after which a script counts as endless and is cut off; 100 million unless given. */
  readonly scriptBudget?: number;
  /** Commands of the host, beside those of the profile. */
  readonly extraCommands?: readonly Command[];
  /** It is a Sentinel: a server without data, with commands and an INFO of its own. */
  readonly sentinel?: SentinelParts;
}

/** What a Sentinel has instead of data. */
export interface SentinelParts {
  /** All of them. */
  readonly commands: readonly Command[];
  /** INFO sentinel. */
  infoFields(): readonly Field[];
  /** Its process is gone. */
  stopped(): void;
  /** It is there again. */
  restarted(): void;
}

export interface ConnectOptions {
  readonly peer: Peer;
  /** The application's end, `127.0.0.1:50000`. */
  readonly clientAddress?: Bytes;
  /** The host that it dialled: one of the names and addresses of the server's machine. */
  readonly dialled?: Bytes;
  /** What it comes in by; a port without TLS, where it is not given. */
  readonly door?: Door;
  /** The host's own hand: it needs no password, no fault strikes it, and nothing lists or taps it. */
  readonly own?: boolean;
  /** The process that dials, as faults call it; an application where it is not given. */
  readonly origin?: string;
}
