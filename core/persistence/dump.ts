// The payload of DUMP: a value in the RDB format, the version of the format, and a checksum (cluster.c: createDumpPayload).
import type { Bytes } from "../kernel/bytes.ts";
import { Crc64 } from "../kernel/crc64.ts";
import type { Value } from "../keyspace/value.ts";
import { ReplyError } from "../resp/errors.ts";
import { littleEndian } from "../types/listpack.ts";
import { takesVersion, type CodecContext } from "./codec-context.ts";
import { readValue, writeValue } from "./codec.ts";
import { RdbReader } from "./rdb-reader.ts";
import { RdbWriter } from "./rdb-writer.ts";

const VERSION_BYTES = 2;
const CHECKSUM_BYTES = 8;

/** The payload that RESTORE takes. */
export function dumpValue(value: Value, context: CodecContext & { readonly compress: boolean }): Bytes {
  const writer = new RdbWriter(context);
  writeValue(writer, value, context);
  return sealPayload(writer.bytes, context);
}

/** Puts the version and the checksum behind what was written. */
export function sealPayload(content: Bytes, { version }: CodecContext): Bytes {
  const bytes = content + littleEndian(version, VERSION_BYTES);
  return bytes + new Crc64().add(bytes).digest();
}

/** The value of a payload; throws what RESTORE replies to a wrong one. */
export function restoreValue(payload: Bytes, context: CodecContext): Value {
  checkPayload(payload, context);
  // Redis reads on into the version and the checksum where the value says so.
  const reader = new RdbReader(payload);
  const value = readValue(reader, context);
  context.checked?.(reader.packed);
  return value;
}

/** The content of a payload without version and checksum; throws where they are wrong. */
export function openPayload(payload: Bytes, context: CodecContext): Bytes {
  checkPayload(payload, context);
  return payload.slice(0, -VERSION_BYTES - CHECKSUM_BYTES);
}

function checkPayload(payload: Bytes, context: CodecContext): void {
  const versionAt = payload.length - VERSION_BYTES - CHECKSUM_BYTES;
  const checksumAt = payload.length - CHECKSUM_BYTES;
  const version = payload.charCodeAt(versionAt) | (payload.charCodeAt(versionAt + 1) << 8);
  const sound =
    versionAt >= 0 &&
    takesVersion(version, context) &&
    new Crc64().add(payload.slice(0, checksumAt)).digest() === payload.slice(checksumAt);
  if (!sound) throw new ReplyError("ERR DUMP payload version or checksum are wrong");
}
