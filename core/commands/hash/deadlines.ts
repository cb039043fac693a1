// Deadlines of fields: how the commands read them, and what giving one to a field does (t_hash.c: hashTypeSetEx).
import type { Bytes } from "../../kernel/bytes.ts";
import { invalidExpireTime, ReplyError } from "../../resp/errors.ts";
import type { Hash } from "../../types/hash.ts";
import type { CommandContext } from "../context.ts";
import { readBetween, type DeadlineOptions } from "../numbers.ts";
import { isPast, type GivenExpiration } from "../expiration.ts";
import { removedFrom } from "../values.ts";

/** 46 bits of milliseconds. */
const LATEST = 2 ** 46 - 1;

/** A time from an argument, as milliseconds of Unix time. */
export function readFieldDeadline(bytes: Bytes, { unit, base, commandName }: DeadlineOptions): number {
  const value = readBetween(bytes, {});
  if (value < 0) throw new ReplyError("ERR invalid expire time, must be >= 0");
  const deadline = (unit === "seconds" ? 1000 * value : value) + base;
  if (deadline > LATEST) throw invalidExpireTime(commandName);
  return deadline;
}

/** As EX, PX, EXAT or PXAT give it. */
export function givenFieldDeadline({ is, value }: GivenExpiration, { now, commandName }: CommandContext): number {
  return readFieldDeadline(value, {
    unit: is === "seconds" || is === "unix-time-seconds" ? "seconds" : "milliseconds",
    base: is === "seconds" || is === "milliseconds" ? now : 0,
    commandName,
  });
}

export type Condition = "nx" | "xx" | "gt" | "lt";

/** HEXPIRE's replies: no such field, the condition does not hold, set, or past already and so deleted. */
export type Outcome = -2 | 0 | 1 | 2;

/** Gives fields of one hash deadlines; `done` then tells of all of them at once. */
export class FieldDating {
  readonly #context: CommandContext;
  readonly #name: Bytes;
  readonly #hash: Hash;
  readonly #deadline: number;
  readonly updated: Bytes[] = [];
  #deleted = 0;

  constructor(context: CommandContext, { name, hash, deadline }: { name: Bytes; hash: Hash; deadline: number }) {
    this.#context = context;
    this.#name = name;
    this.#hash = hash;
    this.#deadline = deadline;
    hash.expectDeadlines();
  }

  /** Lapsed fields that nobody has noticed get their deadline too. */
  give(field: Bytes, condition?: Condition): Outcome {
    if (!this.#hash.has(field)) return -2;
    if (condition !== undefined && !this.#holds(field, condition)) return 0;
    if (isPast(this.#deadline, this.#context)) {
      this.expire(field);
      return 2;
    }
    this.#hash.setDeadline(field, this.#deadline);
    this.updated.push(field);
    return 1;
  }

  /** Takes a field away and says so, even if it is gone by now. */
  expire(field: Bytes): void {
    this.#context.db.expireField(this.#name, this.#hash, field);
    this.#context.db.touch(this.#name);
    this.#context.propagate.changed(1);
    this.#deleted++;
  }

  /** No deadline is later than any. */
  #holds(field: Bytes, condition: Condition): boolean {
    const before = this.#hash.deadline(field);
    switch (condition) {
      case "nx":
        return before === undefined;
      case "xx":
        return before !== undefined;
      case "gt":
        return before !== undefined && this.#deadline > before;
      case "lt":
        return before === undefined || this.#deadline < before;
    }
  }

  /** Events, and the end of a hash without fields. */
  done(): void {
    const { db, notify } = this.#context;
    if (this.updated.length > 0) {
      db.touch(this.#name);
      notify("hash", "hexpire", this.#name);
    }
    db.fieldDeadlinesChanged(this.#name, this.#hash);
    if (this.#deleted > 0) {
      removedFrom(this.#context, this.#name, this.#hash, { event: ["hash", "hdel"] });
    }
  }
}
