// How a real server's memory is given out: jemalloc's sizes, and the strings (sds) that lie in them.

/** The size of the piece that jemalloc gives for a request: four steps between one power of two and the next. */
export function allocated(sizeBytes: number): number {
  if (sizeBytes <= 8) return 8;
  if (sizeBytes <= 128) return Math.ceil(sizeBytes / 16) * 16;
  const step = 2 ** (Math.ceil(Math.log2(sizeBytes)) - 3);
  return Math.ceil(sizeBytes / step) * step;
}

/** A string by itself: a header after its length, or after the length it may have, its bytes, a NUL. */
export function sdsBytes(length: number, header = length): number {
  return allocated(sdsHeaderBytes(Math.max(length, header)) + length + 1);
}

/** The header of a string that may have such a length. */
export function sdsHeaderBytes(length: number): number {
  if (length < 32) return 1;
  if (length < 256) return 3;
  if (length < 65536) return 5;
  return length < 2 ** 32 ? 9 : 17;
}

/** How long a string may grow where it lies, once it was given room for a length. */
export function sdsRoom(length: number): number {
  const header = sdsHeaderBytes(Math.max(length, 32));
  return allocated(header + length + 1) - header - 1;
}
