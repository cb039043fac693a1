// Lines of the append-only file that tell the time, and nothing else: `aof-timestamp-enabled` (aof.c: genAofTimestampAnnotationIfNeeded).
import type { Bytes } from "../../kernel/bytes.ts";

/** What every such line begins with. */
export const ANNOTATION_MARK = "#";

/** @param second of Unix time */
export function annotation(second: number): Bytes {
  return `${ANNOTATION_MARK}TS:${second}\r\n`;
}
