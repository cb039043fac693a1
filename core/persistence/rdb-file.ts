// A whole data set in the RDB format: what a replica is given, and what lies on disk (rdb.c: rdbSaveRio, rdbLoadRioWithLoadingCtx).
import type { Bytes } from "../kernel/bytes.ts";
import { Crc64 } from "../kernel/crc64.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { Value } from "../keyspace/value.ts";
import { badDataFormat } from "../resp/errors.ts";
import { takesVersion, type CodecContext } from "./codec-context.ts";
import { readValue, writeValue } from "./codec.ts";
import { RdbReader } from "./rdb-reader.ts";
import { RdbWriter } from "./rdb-writer.ts";

const OPCODE = {
  slotInfo: 244,
  function: 245,
  moduleAux: 247,
  idle: 248,
  frequency: 249,
  auxiliary: 250,
  resize: 251,
  expireMilliseconds: 252,
  expireSeconds: 253,
  selectDatabase: 254,
  end: 255,
} as const;

const MAGIC = "REDIS";
const HEADER_BYTES = 9;
const CHECKSUM_BYTES = 8;
/** In place of the checksum of a file that has none. */
const UNCHECKED = "\0".repeat(CHECKSUM_BYTES);
/** Pieces are handed on at this size: a whole data set may be longer than one string. */
const PIECE_BYTES = 1 << 20;

/** How a key was used, where `maxmemory-policy` cares. */
export type RdbUsage = { readonly idleSeconds: number } | { readonly frequency: number };

export interface RdbEntry {
  readonly key: Bytes;
  readonly value: Value;
  /** Milliseconds of Unix time. */
  readonly deadline: Int64 | undefined;
  readonly usage: RdbUsage | undefined;
}

export interface RdbDatabase {
  readonly index: number;
  readonly size: number;
  /** How many of its keys have a deadline. */
  readonly expires: number;
  readonly entries: Iterable<RdbEntry>;
}

export interface RdbContent {
  /** Facts about the file, in their order. */
  readonly auxiliary: readonly (readonly [name: Bytes, value: Bytes])[];
  /** The code of function libraries. */
  readonly functions: readonly Bytes[];
  /** Those that hold a key. */
  readonly databases: Iterable<RdbDatabase>;
}

/** The file, in pieces. */
export function* writeRdb(
  { auxiliary, functions, databases }: RdbContent,
  context: CodecContext & { readonly compress: boolean; readonly checksum: boolean },
): IterableIterator<Bytes> {
  const checksum = new Crc64();
  let writer = new RdbWriter(context);
  const taken = (): Bytes => {
    const { bytes } = writer;
    writer = new RdbWriter(context);
    if (context.checksum) checksum.add(bytes);
    return bytes;
  };
  writer.raw(`${MAGIC}${String(context.version).padStart(4, "0")}`);
  for (const [name, value] of auxiliary) {
    writer.byte(OPCODE.auxiliary);
    writer.string(name);
    writer.string(value);
  }
  for (const code of functions) {
    writer.byte(OPCODE.function);
    writer.string(code);
  }
  for (const { index, size, expires, entries } of databases) {
    writer.byte(OPCODE.selectDatabase);
    writer.length(index);
    writer.byte(OPCODE.resize);
    writer.length(size);
    writer.length(expires);
    for (const entry of entries) {
      writeEntry(writer, entry, context);
      if (writer.bytes.length >= PIECE_BYTES) yield taken();
    }
  }
  writer.byte(OPCODE.end);
  yield taken();
  yield context.checksum ? checksum.digest() : UNCHECKED;
}

/** The key stands between the number of its type and its value. */
function writeEntry(
  writer: RdbWriter,
  { key, value, deadline, usage }: RdbEntry,
  context: CodecContext & { readonly compress: boolean },
): void {
  if (deadline !== undefined) {
    writer.byte(OPCODE.expireMilliseconds);
    writer.milliseconds(deadline);
  }
  if (usage !== undefined && "idleSeconds" in usage) {
    writer.byte(OPCODE.idle);
    writer.length(usage.idleSeconds);
  } else if (usage !== undefined) {
    writer.byte(OPCODE.frequency);
    writer.byte(usage.frequency);
  }
  const own = new RdbWriter(context);
  writeValue(own, value, context);
  const { bytes } = own;
  writer.raw(bytes[0]!);
  writer.string(key);
  writer.raw(bytes.slice(1));
}

/** Takes what a file holds, in its order. */
export interface RdbVisitor {
  auxiliary(name: Bytes, value: Bytes): void;
  function(code: Bytes): void;
  entry(database: number, entry: RdbEntry): void;
}

/**
 * Reads a whole file, and gives how many bytes it has: something else may follow. Throws where it is none, is of a newer
 * version, or its checksum is wrong.
 */
export function readRdb(file: Bytes, context: CodecContext, visitor: RdbVisitor): number {
  const version = Number(file.slice(MAGIC.length, HEADER_BYTES));
  if (!file.startsWith(MAGIC) || !(version >= 1)) throw new RdbError("Wrong signature trying to load DB from file");
  if (!takesVersion(version, context)) throw new RdbError(`Can't handle RDB format version ${version}`);
  const reader = new RdbReader(file);
  reader.raw(HEADER_BYTES);
  readRecords(reader, context, visitor);
  context.checked?.(reader.packed);
  const { readBytes } = reader;
  if (version < 5) return readBytes;
  const stored = reader.raw(CHECKSUM_BYTES);
  const sound = stored === UNCHECKED || stored === new Crc64().add(file.slice(0, readBytes)).digest();
  if (!sound) throw new RdbError("Wrong RDB checksum");
  return readBytes + CHECKSUM_BYTES;
}

/** A file that cannot be loaded, in the words of a server's log. */
export class RdbError extends Error {
  override readonly name = "RdbError";
}

function readRecords(reader: RdbReader, context: CodecContext, visitor: RdbVisitor): void {
  let database = 0;
  let deadline: Int64 | undefined;
  let usage: RdbUsage | undefined;
  for (;;) {
    const opcode = reader.byte();
    switch (opcode) {
      case OPCODE.end:
        return;
      case OPCODE.selectDatabase:
        database = reader.length();
        break;
      case OPCODE.resize:
        reader.length();
        reader.length();
        break;
      case OPCODE.slotInfo:
        reader.length();
        reader.length();
        reader.length();
        break;
      case OPCODE.auxiliary:
        visitor.auxiliary(reader.string(), reader.string());
        break;
      case OPCODE.function:
        visitor.function(reader.string());
        break;
      case OPCODE.expireMilliseconds:
        deadline = reader.signedMilliseconds();
        break;
      case OPCODE.expireSeconds:
        deadline = reader.seconds() * 1000;
        break;
      case OPCODE.idle:
        usage = { idleSeconds: reader.length() };
        break;
      case OPCODE.frequency:
        usage = { frequency: reader.byte() };
        break;
      case OPCODE.moduleAux:
        throw badDataFormat();
      default: {
        const key = reader.string();
        visitor.entry(database, { key, value: readValue(reader, context, opcode), deadline, usage });
        deadline = undefined;
        usage = undefined;
      }
    }
  }
}
