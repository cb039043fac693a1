// Text to bytes without an allocation of its own: servers read a chunk in place, so one buffer serves every write.

const pool = Buffer.allocUnsafeSlow(64 * 1024);

/** The bytes of `text`; valid until the next call. */
export function encode(text: string, encoding: BufferEncoding): Uint8Array {
  if (text.length * 3 > pool.length) return Buffer.from(text, encoding);
  return pool.subarray(0, pool.write(text, 0, encoding));
}
