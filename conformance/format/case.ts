/** What a `.resp` file holds once it is read: cases, their steps, and the replies recorded for each setting. */
import { membersOf, type Topology } from "../../core/index.ts";
import type { Applicability, ProfileName, Protocol, Setting } from "../profiles.ts";
import type { Expected } from "./expected.ts";
import type { Bytes, Word } from "./escapes.ts";

export type CaseFile = {
  /** Relative to the cases' root: `string/set.resp`. */
  readonly path: string;
  readonly lines: readonly string[];
  /** Start-up configuration of the server, `name value` pairs; files that share it share a server. */
  readonly config: readonly (readonly [string, string])[];
  /** What lies on each server's disk when it starts, paths with contents. */
  readonly files: readonly (readonly [string, Bytes])[];
  /** The servers that its cases speak to; one where it is not said. */
  readonly topology: Topology | undefined;
  readonly cases: readonly Case[];
};

export type Case = {
  readonly file: CaseFile;
  readonly title: string;
  /** 1-based, of the title. */
  readonly line: number;
  readonly where: Applicability;
  /** Every byte of every step is delivered by itself. */
  readonly bytewise: boolean;
  readonly steps: readonly Step[];
};

/** The connection of a step without a name. */
export const mainConnection = "";

/**
 * The server that a connection goes to: `replica-1`, or another connection to it, `a@replica-1`. Undefined: the one that
 * applications dial first.
 */
export function serverOf(connection: string, topology: Topology | undefined): string | undefined {
  const [name = ""] = connection.split(/\/|(?<=\w):\d+/);
  const at = name.indexOf("@");
  if (at >= 0) return name.slice(at + 1);
  return topology && membersOf(topology).some((member) => member.name === name) ? name : undefined;
}

/** By what else than a plain port a client may come in: `a/tls`, `b@replica-1/unix`. */
export const otherDoors = ["tls", "unix"] as const;
export type OtherDoor = (typeof otherDoors)[number];

export function doorOf(connection: string): OtherDoor | undefined {
  return otherDoors.find((door) => connection.endsWith(`/${door}`));
}

/** The port of `a@primary:7100`, where that is not the one at which the server listened first. */
export function portOf(connection: string): number | undefined {
  const port = /@[a-z0-9.-]+:(\d+)/.exec(connection)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Where `a@127.0.0.2:7100` goes: to another address of the machine on which the servers of a topology run. */
export const otherHost = "127.0.0.2";

/** Where in a deployment a connection goes. */
export type Destination = {
  /** By another door than a plain port. */
  readonly door?: OtherDoor | undefined;
  /** Another port than the first one of the server that is named, or of `otherHost`. */
  readonly port?: number | undefined;
};

/** Where `a@::1` goes: to the only server there is, over IPv6. */
export const overIpv6 = "::1";

/**
 * What happens to a process: as by kill -9, started again, by SIGSTOP, by SIGCONT, by SIGTERM, by SIGINT; and to its disk: there is
 * no room on it, there is again.
 */
export const acts = ["crash", "restart", "pause", "resume", "terminate", "interrupt", "fill", "free"] as const;
export type Act = (typeof acts)[number];

export type Step = { readonly line: number } & (
  | {
      readonly kind: "command";
      readonly connection: string;
      readonly words: readonly Word[];
      readonly replies: Replies;
      /** It is sent again and again, for so many milliseconds of the servers' time at most, until its replies are as recorded. */
      readonly withinMs?: number;
    }
  /** Raw bytes; each chunk is delivered by itself. */
  | { readonly kind: "raw"; readonly connection: string; readonly chunks: readonly Bytes[]; readonly replies: Replies }
  /** SCAN and its kin from cursor 0 (which stands in the words) to the end; what came is one row, sorted, each once. */
  | { readonly kind: "scan"; readonly connection: string; readonly words: readonly Word[]; readonly replies: Replies }
  /** Replies that arrive without a command of this connection's own: pushes, and the ends of blocked commands. */
  | { readonly kind: "gets"; readonly connection: string; readonly replies: Replies; readonly withinMs?: number }
  | { readonly kind: "silent"; readonly connection: string }
  /** The server has closed the connection, and these bytes, no whole reply, came last. */
  | { readonly kind: "closed"; readonly connection: string; readonly leftover: Bytes; readonly withinMs?: number }
  /** Nobody listens where the connection would go. */
  | { readonly kind: "refused"; readonly connection: string }
  /** We close it. */
  | { readonly kind: "close"; readonly connection: string }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "act"; readonly act: Act; readonly server: string }
  /** What a file on the server's disk holds, as a bulk string; its path begins in the directory of the server's data. */
  | { readonly kind: "file"; readonly server: string; readonly path: string; readonly replies: Replies }
  /** The names in a directory there. */
  | { readonly kind: "files"; readonly server: string; readonly path: string; readonly replies: Replies }
  /** A file is put there, by nobody that it knows. */
  | { readonly kind: "lay"; readonly server: string; readonly path: string; readonly content: Bytes }
);

/** The recorded replies of a step, and the lines that they fill. */
export type Replies = {
  readonly blocks: readonly Block[];
  /** 0-based, from the line after the step up to and without `endLine`. */
  readonly startLine: number;
  readonly endLine: number;
};

/** Replies under one qualifier; the block without any holds wherever no other does. */
export type Block = {
  readonly profiles: readonly ProfileName[];
  readonly protocol?: Protocol;
  readonly replies: readonly Expected[];
};

/**
 * The replies that hold in a setting: those of the most particular block that names it, a profile being more particular
 * than a protocol. Undefined when nothing is recorded.
 */
export function repliesIn(replies: Replies, setting: Setting): readonly Expected[] | undefined {
  return blockIn(replies.blocks, setting)?.replies;
}

/** The block that repliesIn chooses. */
export function blockIn(blocks: readonly Block[], { profile, protocol }: Setting): Block | undefined {
  let best: Block | undefined;
  for (const block of blocks) {
    if (block.profiles.length > 0 && !block.profiles.includes(profile)) continue;
    if (block.protocol !== undefined && block.protocol !== protocol) continue;
    if (best === undefined || particularity(block) > particularity(best)) best = block;
  }
  return best;
}

function particularity(block: Block): number {
  return (block.profiles.length > 0 ? 2 : 0) + (block.protocol === undefined ? 0 : 1);
}
