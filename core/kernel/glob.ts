// Redis's glob: `*`, `?`, `[a-c]`, `[^x]` and backslash, over bytes. Order of tests follows `stringmatchlen` in util.c.
import { lower, type Bytes } from "./bytes.ts";

const STAR = 42;
const QUESTION = 63;
const OPEN = 91;
const CLOSE = 93;
const BACKSLASH = 92;
const CARET = 94;
const DASH = 45;

/**
 * Whether `text` matches `pattern` as a whole; nothing but an empty pattern matches an empty text, not even `*`. Linear in
 * practice: a failed `*` never retries an earlier one.
 */
export function globMatch(pattern: Bytes, text: Bytes, { ignoreCase = false } = {}): boolean {
  return ignoreCase ? match(lower(pattern), lower(text)) : match(pattern, text);
}

function match(pattern: Bytes, text: Bytes): boolean {
  if (text === "") return pattern === "";
  let p = 0;
  let t = 0;
  let starAt = -1; // where to resume in the pattern, and in the text, when what follows the last star fails
  let resumeText = 0;
  for (;;) {
    if (p < pattern.length && pattern.charCodeAt(p) === STAR) {
      starAt = ++p;
      resumeText = t;
      continue;
    }
    if (t === text.length) return p === pattern.length;
    const next = p < pattern.length ? matchOne(pattern, p, text.charCodeAt(t)) : -1;
    if (next >= 0) {
      p = next;
      t++;
      continue;
    }
    if (starAt < 0) return false;
    if (starAt === pattern.length) return true;
    p = starAt;
    t = ++resumeText;
  }
}

/** Matches one pattern element at `p` against one byte: the position after it, or -1. */
function matchOne(pattern: Bytes, p: number, byte: number): number {
  const code = pattern.charCodeAt(p);
  if (code === QUESTION) return p + 1;
  if (code === OPEN) return matchClass(pattern, p + 1, byte);
  if (code === BACKSLASH && p + 1 < pattern.length) return pattern.charCodeAt(p + 1) === byte ? p + 2 : -1;
  return code === byte ? p + 1 : -1;
}

/** A class that is never closed ends with the pattern, as in Redis. */
function matchClass(pattern: Bytes, p: number, byte: number): number {
  const negated = pattern.charCodeAt(p) === CARET;
  if (negated) p++;
  let found = false;
  while (p < pattern.length && pattern.charCodeAt(p) !== CLOSE) {
    const code = pattern.charCodeAt(p);
    if (code === BACKSLASH && p + 1 < pattern.length) {
      found ||= pattern.charCodeAt(p + 1) === byte;
      p += 2;
    } else if (p + 2 < pattern.length && pattern.charCodeAt(p + 1) === DASH) {
      const other = pattern.charCodeAt(p + 2);
      found ||= byte >= Math.min(code, other) && byte <= Math.max(code, other);
      p += 3;
    } else {
      found ||= code === byte;
      p++;
    }
  }
  return found === negated ? -1 : Math.min(p + 1, pattern.length);
}
