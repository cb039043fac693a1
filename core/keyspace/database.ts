// One numbered database: lookups that see expiry, writes that signal. Order of side effects follows db.c.
import type { Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";
import { Deadlines } from "../kernel/deadlines.ts";
import { Dict } from "../kernel/dict.ts";
import { Hash } from "../types/hash.ts";
import { encodingOf, keptApart } from "./encoding.ts";
import type { KeyspaceHost } from "./keyspace-host.ts";
import type { Value } from "./value.ts";
import { Watches, type Watch, type WatchedKeys, type Watcher } from "./watches.ts";

/** A value as it is kept: the integer that INCR or its like left is a string to whoever reads it. */
export type Kept = Value | number;

function asRead(kept: Kept): Value;
function asRead(kept: Kept | undefined): Value | undefined;
function asRead(kept: Kept | undefined): Value | undefined {
  return typeof kept === "number" ? String(kept) : kept;
}

interface Content {
  readonly values: Dict<Kept>;
  readonly deadlines: Deadlines;
  /** The keys of hashes, and when a field of theirs may first be due. */
  readonly fieldDeadlines: Deadlines;
}

export class Database {
  readonly index: number;
  readonly #host: KeyspaceHost;
  #content: Content = {
    values: new Dict({ stamped: true }),
    deadlines: new Deadlines(),
    fieldDeadlines: new Deadlines(),
  };
  readonly #watches = new Watches();

  constructor(index: number, host: KeyspaceHost) {
    this.index = index;
    this.#host = host;
  }

  /** Keys, expired ones that nobody has noticed included, as DBSIZE counts. */
  get size(): number {
    return this.#content.values.size;
  }

  get deadlines(): Deadlines {
    return this.#content.deadlines;
  }

  /** Hashes that may have a field with a deadline, and when to look. A hash may have lost it meanwhile. */
  get fieldDeadlines(): Deadlines {
    return this.#content.fieldDeadlines;
  }

  /** False while lapsed keys and fields are hidden, not deleted. */
  get deletesExpired(): boolean {
    return this.#host.deletesExpired;
  }

  /** A value for reading: counts a hit or a miss, and says when the key was missed. */
  read(key: Bytes): Value | undefined {
    return this.#counted(key, asRead(this.#find(key, this.#host.deletesExpired)));
  }

  /** As `read`, but not a use of the value: TYPE, TTL, EXISTS. */
  readUntouched(key: Bytes): Value | undefined {
    return this.#counted(key, this.look(key));
  }

  #counted(key: Bytes, value: Value | undefined): Value | undefined {
    if (value !== undefined) {
      this.#host.hit();
      return value;
    }
    this.#host.miss();
    this.#host.notify("keymiss", "keymiss", key, this.index);
    return undefined;
  }

  /** A value for writing. */
  peek(key: Bytes): Value | undefined {
    return asRead(this.peekKept(key));
  }

  /** The same, as it is kept. */
  peekKept(key: Bytes): Kept | undefined {
    return this.#find(key, this.#host.deletesForWrites);
  }

  #find(key: Bytes, deletesExpired: boolean): Kept | undefined {
    const { values } = this.#content;
    const at = values.indexOf(key);
    if (at < 0) return undefined;
    if (this.#content.deadlines.size > 0 && this.#isExpired(key)) {
      if (deletesExpired) this.expire(key);
      return undefined;
    }
    if (this.#host.touches) values.stamp(at, this.#host.usage.used(values.stampAt(at)));
    return values.valueAt(at);
  }

  /** A value, looked at without a trace. */
  look(key: Bytes): Value | undefined {
    const kept = this.#content.values.get(key);
    if (kept === undefined || !this.#isExpired(key)) return asRead(kept);
    if (this.#host.deletesExpired) this.expire(key);
    return undefined;
  }

  /** A value whether its time is over or not. */
  raw(key: Bytes): Value | undefined {
    return asRead(this.#content.values.get(key));
  }

  /** Every key, those whose time is over included; must not be kept across changes. */
  allKeys(): readonly Bytes[] {
    return this.#content.values.keys();
  }

  /** When the value at a key was used, as `Usage` stamps it. */
  stamp(key: Bytes): number {
    return this.#content.values.stampAt(this.#content.values.indexOf(key));
  }

  /** How the value at a key is kept, as OBJECT ENCODING names it. */
  encoding(key: Bytes): Bytes | undefined {
    const value = this.look(key);
    return value === undefined ? undefined : this.encodingOf(key, value);
  }

  /** How a value is kept at a key. */
  encodingOf(key: Bytes, value: Value): Bytes {
    return encodingOf(value, this.#host.embeddedStrings({ key, expires: this.deadline(key) !== undefined }));
  }

  /** Milliseconds since the value at a key was used, in whole seconds. */
  idleMs(key: Bytes): number | undefined {
    if (this.look(key) === undefined) return undefined;
    return this.#host.usage.idleMs(this.#content.values.stampAt(this.#content.values.indexOf(key)));
  }

  /** How often the value at a key is used, on LFU's logarithmic scale. */
  frequency(key: Bytes): number | undefined {
    if (this.look(key) === undefined) return undefined;
    return this.#host.usage.frequency(this.#content.values.stampAt(this.#content.values.indexOf(key)));
  }

  /** Gives a key a history of its own: RESTORE with IDLETIME or FREQ. */
  setUsage(key: Bytes, given: { readonly idleSeconds: number } | { readonly frequency: number }): void {
    const { values } = this.#content;
    values.stamp(values.indexOf(key), this.#host.usage.stampOf(given));
  }

  has(key: Bytes): boolean {
    return this.look(key) !== undefined;
  }

  /** Writes a value and takes the key's deadline away. */
  set(key: Bytes, value: Kept): void {
    if (this.#host.usage.options.countsUses) this.peek(key); // whoever overwrites a value uses it
    if (this.#content.deadlines.size > 0) {
      this.#clearIfExpired(key);
      if (this.#content.deadlines.delete(key)) value = this.#overDeadline(key, value);
    }
    this.represent(key, value);
    this.touch(key);
  }

  /** Writes a value; a deadline stays. */
  replace(key: Bytes, value: Kept): void {
    if (this.#content.deadlines.get(key) !== undefined) value = this.#overDeadline(key, value);
    this.represent(key, value);
    this.touch(key);
  }

  #overDeadline(key: Bytes, value: Kept): Kept {
    if (typeof value === "number") return value;
    return keptApart(value, this.#host.embeddedStrings({ key, expires: true, overDeadline: true }));
  }

  /** The value of a key, which exists, as it goes to another key. */
  taken(key: Bytes): Value {
    const expires = this.deadline(key) !== undefined;
    return keptApart(this.raw(key)!, this.#host.embeddedStrings({ key, expires }));
  }

  /** Keeps what a key holds in another form: nobody is told that it changed, though a new key is announced. */
  represent(key: Bytes, value: Kept): void {
    if (this.#content.deadlines.size > 0) this.#clearIfExpired(key);
    const { values } = this.#content;
    const old = this.#host.awaited ? values.get(key) : undefined;
    const at = values.place(key, value);
    if (this.#host.awaited) {
      if (at < 0) this.#host.ready(key, asRead(value), this.index);
      else if (old !== value) this.#host.lost(key, asRead(old!), this.index);
    }
    if (at < 0) values.stamp(~at, this.#host.usage.written(undefined));
    else values.stamp(at, this.#host.usage.written(values.stampAt(at)));
    if (at < 0) this.#host.notify("new", "new", key, this.index);
    if (value instanceof Hash) this.fieldDeadlinesChanged(key, value);
    else this.#content.fieldDeadlines.delete(key);
  }

  /** Removes a key; false when there was none. The caller notifies: del, move_from, rename_from. */
  delete(key: Bytes): boolean {
    if (!this.remove(key)) return false;
    this.touch(key);
    return true;
  }

  /** Removes a key without a word: the caller tells that it changed, in its own order. */
  remove(key: Bytes): boolean {
    const old = this.#host.awaited ? this.raw(key) : undefined;
    if (!this.#content.values.delete(key)) return false;
    if (old !== undefined) this.#host.lost(key, old, this.index);
    this.#content.deadlines.delete(key);
    this.#content.fieldDeadlines.delete(key);
    return true;
  }

  /** The deadline of a key, in milliseconds of Unix time. */
  deadline(key: Bytes): Int64 | undefined {
    return this.#content.deadlines.get(key);
  }

  setDeadline(key: Bytes, when: Int64): void {
    this.#content.deadlines.set(key, when);
    this.#host.lifetimeSet(key, when, this.index);
  }

  /** Takes the deadline away; false when there was none. */
  persist(key: Bytes): boolean {
    if (this.#content.deadlines.get(key) === undefined) return false;
    this.#content.values.set(key, this.taken(key));
    return this.#content.deadlines.delete(key);
  }

  /** Fields of the hash at a key were given deadlines, or those that had some are gone. */
  fieldDeadlinesChanged(key: Bytes, { nextDeadline }: Hash): void {
    if (nextDeadline === undefined) {
      this.#content.fieldDeadlines.delete(key);
    } else {
      this.#content.fieldDeadlines.set(key, nextDeadline);
      this.#host.deadlineSet(nextDeadline);
    }
  }

  /** Whoever writes sees an expired key go first, with its events. */
  #clearIfExpired(key: Bytes): void {
    if (this.#isExpired(key) && this.#host.deletesForWrites) this.expire(key);
  }

  /** Deletes a key whose time is over. */
  expire(key: Bytes): void {
    this.remove(key);
    this.#touchWatches(key);
    this.#host.expired(key, this.index, { told: false });
  }

  /** Deletes a key because memory is lacking. */
  evict(key: Bytes): void {
    this.remove(key);
    this.#touchWatches(key);
    this.#host.evicted(key, this.index);
  }

  /** Deletes a key because a command gave it a deadline that is past: that command has changed it. */
  expireAtOnce(key: Bytes): void {
    this.delete(key);
    this.#host.expired(key, this.index, { told: true });
  }

  /**
   * Takes away the fields of a hash whose time has come, at most so many, and tells how many. A hash without fields goes
   * (t_hash.c: hashTypeExpire).
   */
  expireFields(key: Bytes, hash: Hash, atMost = Number.POSITIVE_INFINITY): number {
    const fields = hash.takeDue(this.#host.now, atMost);
    for (const field of fields) this.#host.fieldExpired(key, field, this.index);
    this.fieldDeadlinesChanged(key, hash);
    if (fields.length === 0) return 0;
    this.#host.notify("hash", "hexpired", key, this.index);
    if (hash.length > 0) {
      this.touch(key);
    } else {
      this.delete(key);
      this.#host.notify("generic", "del", key, this.index);
    }
    return fields.length;
  }

  /** Takes a field away whose time is over; the caller tells that it changed, and sees to a hash without fields. */
  expireField(key: Bytes, hash: Hash, field: Bytes): void {
    hash.delete(field);
    this.#host.fieldExpired(key, field, this.index);
  }

  /** A key drawn uniformly among those that are not expired; undefined when none is left. */
  randomKey(): Bytes | undefined {
    for (let tries = 0; ; tries++) {
      const key = this.#content.values.randomKey(this.#host.random);
      if (key === undefined || !this.#isExpired(key)) return key;
      if (this.#host.deletesExpired) this.expire(key);
      else if (tries > 100) return key; // as in db.c: a replica full of expired keys gives one of them
    }
  }

  /** The keys that are not expired, in a deterministic order. */
  keys(): Bytes[] {
    return this.#content.values.keys().filter((key) => !this.#isExpired(key));
  }

  /** See `Dict.scan`; expired keys are visited too, the caller asks `has`. */
  scan(cursor: number, count: number, visit: (key: Bytes) => void): number {
    return this.#content.values.scan(cursor, count, visit);
  }

  /** Removes everything; gives the number of keys. */
  flush(): number {
    const { size } = this;
    this.#touchAll(this.#content, undefined);
    this.#exchange(this.#content, undefined);
    this.#content.values.clear();
    this.#content.deadlines.clear();
    this.#content.fieldDeadlines.clear();
    return size;
  }

  /** Exchanges content with another database. Watchers stay: their keys may have changed under them. */
  swap(other: Database): void {
    this.#touchAll(this.#content, other.#content);
    other.#touchAll(other.#content, this.#content);
    this.#exchange(this.#content, other.#content);
    other.#exchange(other.#content, this.#content);
    [this.#content, other.#content] = [other.#content, this.#content];
  }

  /** Tells watchers, and whoever caches, that a key changed. */
  touch(key: Bytes): void {
    this.#touchWatches(key);
    this.#host.modified(key, this.index);
  }

  #touchWatches(key: Bytes): void {
    if (this.#watches.any) this.#watches.touch(key, { exists: this.#content.values.has(key) });
  }

  /** Tells whoever waits for the value at a key, which exists, to look again: entries were added to a stream, a group went. */
  ready(key: Bytes): void {
    if (this.#host.awaited) this.#host.ready(key, this.raw(key)!, this.index);
  }

  /** Begins to watch. */
  watch(key: Bytes, watcher: Watcher): Watch {
    return this.#watches.add(key, watcher, { wasExpired: this.isPastDeadline(key) });
  }

  unwatch(key: Bytes, watch: Watch): void {
    this.#watches.delete(key, watch);
  }

  /** Whether a key still stands although its time is over. */
  isPastDeadline(key: Bytes): boolean {
    return this.#content.values.has(key) && this.#isExpired(key);
  }

  #isExpired(key: Bytes, { deadlines } = this.#content): boolean {
    if (this.#host.seesExpired) return false;
    const when = deadlines.get(key);
    return when !== undefined && this.#host.now > when;
  }

  /** Tells whoever waits that all keys hold something else from now on. */
  #exchange(gone: Content, replacement: Content | undefined): void {
    if (!this.#host.awaited) return;
    this.#host.exchanged(
      this.index,
      (key) => asRead(gone.values.get(key)),
      (key) => asRead(replacement?.values.get(key)),
    );
  }

  /** Who watches goes on with what takes the place of all content. */
  #touchAll(gone: Content, replacement: Content | undefined): void {
    this.#watches.touchAll(this.#watched(gone), replacement && this.#watched(replacement));
  }

  #watched(content: Content): WatchedKeys {
    return {
      has: (key) => content.values.has(key),
      isPastDeadline: (key) => content.values.has(key) && this.#isExpired(key, content),
    };
  }
}
