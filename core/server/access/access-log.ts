// ACL LOG: what was refused lately, each thing once (acl.c: addACLLogEntry).
import type { Bytes } from "../../kernel/bytes.ts";

/** Why somebody was refused. */
export type DenialReason = "command" | "key" | "channel" | "auth";

/** Where it was refused. */
export type DenialContext = "toplevel" | "multi" | "lua";

/** What was refused to whom. */
export interface DeniedRequest {
  readonly reason: DenialReason;
  readonly context: DenialContext;
  /** The command, the key or the channel; AUTH or HELLO, as it was sent. */
  readonly object: Bytes;
  readonly username: Bytes;
}

export interface LogEntry extends DeniedRequest {
  readonly id: number;
  readonly count: number;
  /** In milliseconds of Unix time. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The line of CLIENT LIST about who asked last. */
  readonly clientInfo: Bytes;
}

/** The same thing again counts as the same entry for so long. */
const GROUPING_MS = 60_000;

export class AccessLog {
  /** The newest first. */
  #entries: readonly LogEntry[] = [];
  #nextId = 0;

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** @param maxLength `acllog-max-len` */
  add(denied: DeniedRequest, { now, clientInfo, maxLength }: AddOptions): void {
    const same = this.#entries.find((each) => isSame(each, denied) && now - each.updatedAt <= GROUPING_MS);
    const entry: LogEntry = same
      ? { ...same, count: same.count + 1, updatedAt: now, clientInfo }
      : { ...denied, id: this.#nextId++, count: 1, createdAt: now, updatedAt: now, clientInfo };
    this.#entries = [entry, ...this.#entries.filter((each) => each !== same)].slice(0, maxLength);
  }

  reset(): void {
    this.#entries = [];
  }
}

interface AddOptions {
  readonly now: number;
  readonly clientInfo: Bytes;
  readonly maxLength: number;
}

function isSame(one: DeniedRequest, other: DeniedRequest): boolean {
  return (
    one.reason === other.reason &&
    one.context === other.context &&
    one.username === other.username &&
    one.object === other.object
  );
}
