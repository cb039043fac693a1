// Fields as commands come upon them: reading one whose time is over takes it away (t_hash.c: hashTypeGetValue).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { Hash } from "../../types/hash.ts";
import type { CommandContext } from "../context.ts";
import { removedFrom, writeAs } from "../values.ts";

/** Whether a field with a deadline is over. */
export function isLapsed(deadline: Int64 | undefined, { now }: CommandContext): boolean {
  return deadline !== undefined && now > deadline;
}

/** Reads fields of the hash at a key. Whoever has read says `tell`, or speaks of what happened in its own way. */
export class FieldReader {
  readonly #context: CommandContext;
  readonly #name: Bytes;
  readonly #hash: Hash | undefined;
  readonly #keepsHash: boolean;
  /** A lapsed field was met that was not the hash's last. */
  metLapsed = false;
  /** A lapsed field was taken away. */
  tookLapsed = false;
  /** The hash went with its last field. */
  ended = false;

  /** @param options `keepsHash`: the hash stays, whatever it loses */
  constructor(context: CommandContext, name: Bytes, hash: Hash | undefined, { keepsHash = false } = {}) {
    this.#context = context;
    this.#name = name;
    this.#hash = hash;
    this.#keepsHash = keepsHash;
  }

  /** The value of a field; undefined where there is none, or none any more. */
  read(field: Bytes): Bytes | undefined {
    const hash = this.#hash;
    if (hash === undefined || this.ended) return undefined;
    if (!isLapsed(hash.deadline(field), this.#context)) return hash.get(field);
    const { db } = this.#context;
    if (db.deletesExpired) {
      db.expireField(this.#name, hash, field);
      this.tookLapsed = true;
      this.ended = hash.length === 0 && !this.#keepsHash;
      if (this.ended) db.remove(this.#name);
    }
    this.metLapsed ||= !this.ended;
    return undefined;
  }

  /** The events of what was taken away, and that it was. */
  tell(): void {
    const { db, notify } = this.#context;
    if (!this.tookLapsed) return;
    notify("hash", "hexpired", this.#name);
    if (this.ended) notify("generic", "del", this.#name);
    db.touch(this.#name);
  }
}

/** A hash that a command is about to write to, and the value of one of its fields. */
export interface OpenedField {
  readonly hash: Hash;
  readonly value: Bytes | undefined;
  /** Nothing lies at the key yet. */
  readonly isNew: boolean;
}

/** Looks at a field before it is written; a hash that ended with it begins anew. */
export function openField(context: CommandContext, name: Bytes, field: Bytes): OpenedField {
  const found = writeAs(context, name, Hash);
  const reader = new FieldReader(context, name, found);
  const value = reader.read(field);
  reader.tell();
  return found === undefined || reader.ended
    ? { hash: new Hash(), value, isNew: true }
    : { hash: found, value, isNew: false };
}

/** A hash was written to: it stands at its key, and whoever watches learns it. */
export function writeHash({ db }: CommandContext, name: Bytes, { hash, isNew }: Omit<OpenedField, "value">): void {
  if (isNew) db.set(name, hash);
  else db.touch(name);
}

/** A command deleted fields: its event, and the end of a hash without fields, or of one's last deadline. */
export function fieldsDeleted(
  context: CommandContext,
  name: Bytes,
  { hash, hadDeadlines }: { readonly hash: Hash; readonly hadDeadlines: boolean },
): void {
  const gone = removedFrom(context, name, hash, { event: ["hash", "hdel"], told: "first" });
  if (!gone && hadDeadlines) context.db.fieldDeadlinesChanged(name, hash);
}
