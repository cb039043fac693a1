// The payload of FUNCTION DUMP: the texts of libraries, each behind the mark of a library, and DUMP's own end (functions.c).
import type { Bytes } from "../kernel/bytes.ts";
import { ReplyError } from "../resp/errors.ts";
import type { CodecContext } from "./codec-context.ts";
import { openPayload, sealPayload } from "./dump.ts";
import { RdbReader } from "./rdb-reader.ts";
import { RdbWriter } from "./rdb-writer.ts";

/** What a library begins with in the RDB format. */
const LIBRARY = 245;

/** The payload that FUNCTION RESTORE takes. */
export function dumpLibraries(texts: readonly Bytes[], context: CodecContext & { readonly compress: boolean }): Bytes {
  const writer = new RdbWriter(context);
  for (const text of texts) {
    writer.byte(LIBRARY);
    writer.string(text);
  }
  return sealPayload(writer.bytes, context);
}

/** The texts of a payload; throws what FUNCTION RESTORE replies to a wrong one. */
export function restoreLibraries(payload: Bytes, context: CodecContext): Bytes[] {
  const reader = new RdbReader(openPayload(payload, context));
  const texts: Bytes[] = [];
  while (!reader.atEnd) {
    if (reader.byte() !== LIBRARY) throw new ReplyError("ERR given type is not a function");
    texts.push(reader.string());
  }
  return texts;
}
