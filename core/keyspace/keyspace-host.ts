// What a database needs from the server that owns it, and tells it.
import type { Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { Random } from "../kernel/random.ts";
import type { EmbeddedStrings } from "./encoding.ts";
import type { Usage } from "./usage.ts";
import type { Value } from "./value.ts";

/** The class of a keyspace event, as `notify-keyspace-events` selects them. */
export type EventClass =
  | "generic"
  | "string"
  | "list"
  | "set"
  | "hash"
  | "zset"
  | "stream"
  | "expired"
  | "evicted"
  | "new"
  | "keymiss";

/** What a database needs from the server that owns it. */
export interface KeyspaceHost {
  /** The server's time in whole milliseconds, constant during a command. */
  readonly now: number;
  /** False on a replica and while expiry is held back: logically expired keys are hidden, not deleted. */
  readonly deletesExpired: boolean;
  /** The same for whoever writes: on a replica that may be written what is over goes before it. */
  readonly deletesForWrites: boolean;
  /** True while the source of an import runs a command: expired keys are there for it. */
  readonly seesExpired: boolean;
  readonly random: Random;
  /** False while a client with NO-TOUCH runs a command: its looks leave no trace. */
  readonly touches: boolean;
  /** When and how often keys are used. */
  readonly usage: Usage;
  /** How strings are kept. */
  readonly embeddedStrings: EmbeddedStrings;
  hit(): void;
  miss(): void;
  notify(event: EventClass, name: Bytes, key: Bytes, db: number): void;
  /** A key was deleted because its time was over: propagate it, count it, and tell whoever cached it unless they were `told`. */
  expired(key: Bytes, db: number, how: { readonly told: boolean }): void;
  /** A key was deleted because memory is lacking: propagate that, count it, and tell whoever cached it. */
  evicted(key: Bytes, db: number): void;
  /** A field of a hash was taken away because its time was over: propagate that and count it. */
  fieldExpired(key: Bytes, field: Bytes, db: number): void;
  /** Somebody waits for a key of some database. */
  readonly awaited: boolean;
  /** A deadline of a key or of a field was set that may be the earliest. */
  deadlineSet(when: Int64): void;
  /** A key was given a deadline. */
  lifetimeSet(key: Bytes, when: Int64, db: number): void;
  /** The content of a key changed: whoever caches it must know. */
  modified(key: Bytes, db: number): void;
  /** A key came to be, or a stream grew: whoever waits for such a value must look. */
  ready(key: Bytes, value: Value, db: number): void;
  /** A value went, with its key or because another took its place. */
  lost(key: Bytes, value: Value, db: number): void;
  /** All of a database's content gives way to other content, or to none. */
  exchanged(db: number, before: Holds, after: Holds): void;
}

/** What a key holds, its time over or not. */
export type Holds = (key: Bytes) => Value | undefined;
