// Values as the RDB format has them: for each type, what is written and everything that is read, old forms included.
import type { Value } from "../keyspace/value.ts";
import { badDataFormat } from "../resp/errors.ts";
import type { CodecContext } from "./codec-context.ts";
import { stringBytes } from "../types/string-value.ts";
import { readHash, writeHash } from "./hash-codec.ts";
import { readList, writeList } from "./list-codec.ts";
import type { RdbReader } from "./rdb-reader.ts";
import { RDB } from "./rdb-types.ts";
import type { RdbWriter } from "./rdb-writer.ts";
import { readSet, writeSet } from "./set-codec.ts";
import { readSortedSet, writeSortedSet } from "./sorted-set-codec.ts";
import { readStream, writeStream } from "./stream-codec.ts";
import { readVectorSet, writeVectorSet } from "./vector-set-codec.ts";

/** Writes the number of the type, then the value. */
export function writeValue(writer: RdbWriter, value: Value, context: CodecContext): void {
  if (typeof value === "string" || value.type === "string") {
    writer.byte(RDB.string);
    writer.string(stringBytes(value));
    return;
  }
  switch (value.type) {
    case "list":
      return writeList(writer, value);
    case "set":
      return writeSet(writer, value);
    case "zset":
      return writeSortedSet(writer, value, context);
    case "hash":
      return writeHash(writer, value);
    case "stream":
      return writeStream(writer, value, context);
    case "vectorset":
      return writeVectorSet(writer, value);
  }
}

/** Reads a value behind the number of its type, which may have been read already; throws for what this version does not know. */
export function readValue(reader: RdbReader, context: CodecContext, type = reader.byte()): Value {
  if (type > newestType(context.version)) throw badDataFormat();
  const value =
    type === RDB.string
      ? reader.string()
      : (readList(reader, type, context) ??
        readSet(reader, type, context) ??
        readSortedSet(reader, type, context) ??
        readHash(reader, type, context) ??
        readStream(reader, type, context) ??
        readVectorSet(reader, type, context));
  if (value === undefined) throw badDataFormat();
  return value;
}

/** The last type that each version of the format brought. */
function newestType(version: number): number {
  if (version < 11) return RDB.streamListpacks2;
  return version < 12 ? RDB.streamListpacks3 : RDB.hashListpackEx;
}
