// Streams in the RDB format.
import type { Stream } from "../types/stream.ts";
import type { CodecContext } from "./codec-context.ts";
import type { RdbReader } from "./rdb-reader.ts";
import type { RdbWriter } from "./rdb-writer.ts";

export function writeStream(_writer: RdbWriter, _stream: Stream, _context: CodecContext): void {}

export function readStream(_reader: RdbReader, _type: number, _context: CodecContext): Stream | undefined {
  return undefined;
}
