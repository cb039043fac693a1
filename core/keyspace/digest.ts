// One hash over everything that keys hold, the same for the same data however it is kept (debug.c: computeDatasetDigest).
import type { Bytes } from "../kernel/bytes.ts";
import { printDigits, printDouble } from "../kernel/doubles.ts";
import { hexadecimal, sha1, sha1OfArray } from "../kernel/sha1.ts";
import { GREATEST_ID, LEAST_ID } from "../types/stream/stream-id.ts";
import { stringBytes } from "../types/string-value.ts";
import type { VectorSet } from "../types/vector-set.ts";
import { vectorBytes } from "../types/vector-set/stored-vector.ts";
import type { Database } from "./database.ts";
import type { Value } from "./value.ts";

/** How a release prints scores in here: C's `%.17g` (7.0), or fpconv's digits. */
export interface DigestOptions {
  readonly scores: "printf17" | "shortest";
}

const TYPE_NUMBERS = { string: 0, list: 1, set: 2, zset: 3, hash: 4, vectorset: 5, stream: 6 } as const;

class Digest {
  #bytes: Uint8Array = new Uint8Array(20);

  /** Adds, in any order. */
  add(bytes: Bytes): this {
    this.#xor(sha1(bytes));
    return this;
  }

  addDigest(other: Digest): this {
    this.#xor(sha1OfArray(other.#bytes));
    return this;
  }

  /** Adds, in this order. */
  mix(bytes: Bytes): this {
    this.add(bytes);
    this.#bytes = sha1OfArray(this.#bytes);
    return this;
  }

  get hex(): string {
    return hexadecimal(this.#bytes);
  }

  #xor(other: Uint8Array): void {
    for (let i = 0; i < 20; i++) this.#bytes[i]! ^= other[i]!;
  }
}

/** Of all databases, as DEBUG DIGEST replies it. */
export function datasetDigest(databases: readonly Database[], options: DigestOptions): string {
  const digest = new Digest();
  for (const db of databases) {
    if (db.size === 0) continue;
    digest.mix(bigEndian(db.index));
    for (const key of db.allKeys()) digest.addDigest(mixKey(new Digest().mix(key), db, key, options));
  }
  return digest.hex;
}

/** Of the value at one key, as DEBUG DIGEST-VALUE replies it; zeros where there is none. */
export function valueDigest(db: Database, key: Bytes, options: DigestOptions): string {
  return mixKey(new Digest(), db, key, options).hex;
}

function mixKey(digest: Digest, db: Database, key: Bytes, options: DigestOptions): Digest {
  const value = db.raw(key);
  if (value === undefined) return digest;
  digest.mix(bigEndian(TYPE_NUMBERS[typeof value === "string" ? "string" : value.type]));
  mixValue(digest, value, options);
  if (db.deadline(key) !== undefined) digest.add("!!expire!!");
  return digest;
}

function mixValue(digest: Digest, value: Value, { scores }: DigestOptions): void {
  if (typeof value === "string" || value.type === "string") {
    digest.mix(stringBytes(value));
    return;
  }
  switch (value.type) {
    case "list":
      for (const element of value.range(0, value.length)) digest.mix(element);
      return;
    case "set":
      for (const member of value.members()) digest.add(member);
      return;
    case "zset":
      for (const { member, score } of value.range({ from: 0, to: value.length })) {
        const printed = scores === "shortest" ? printDigits(score) : printDouble(score, "printf17");
        digest.addDigest(new Digest().mix(member).mix(printed));
      }
      return;
    case "hash":
      for (const { field, value: held, deadline } of value.entries()) {
        const entry = new Digest().mix(field).mix(held);
        if (deadline !== undefined) entry.add("!!hexpire!!");
        digest.addDigest(entry);
      }
      return;
    case "stream":
      for (const { id, fields, values: held } of value.range(LEAST_ID, GREATEST_ID)) {
        digest.mix(`${id.ms}.${id.seq}`);
        for (const [i, field] of fields.entries()) digest.mix(field).mix(held[i]!);
      }
      return;
    case "vectorset":
      digest.addDigest(vectorSetDigest(value));
  }
}

/** What a module tells is mixed apart, in sequences that come in any order (module.c: RM_DigestEndSequence). */
function vectorSetDigest(set: VectorSet): Digest {
  const digest = new Digest();
  digest.addDigest(new Digest().mix(String(set.length)).mix(String(set.shape.dimensions)));
  for (const { vector, element, attributes } of set.nodes()) {
    const sequence = new Digest().mix(vectorBytes(vector)).mix(element);
    digest.addDigest(attributes === undefined ? sequence : sequence.mix(attributes));
  }
  return digest;
}

function bigEndian(value: number): Bytes {
  return String.fromCharCode((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}
