// CRC-64 with Jones's polynomial, which ends every DUMP payload and RDB file. Reckoned in two halves of 32 bits.
import type { Bytes } from "./bytes.ts";

/** The polynomial 0xad93d23594c935a9, its bits reversed. */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n;

const LOW = new Uint32Array(256);
const HIGH = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  LOW[byte] = Number(crc & 0xffffffffn);
  HIGH[byte] = Number(crc >> 32n);
}

/** The checksum of some bytes, going on from one of those before them, as 8 bytes, the lowest first. */
export class Crc64 {
  #low = 0;
  #high = 0;

  add(bytes: Bytes): this {
    let low = this.#low;
    let high = this.#high;
    for (let i = 0; i < bytes.length; i++) {
      const at = (low ^ bytes.charCodeAt(i)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ LOW[at]!;
      high = (high >>> 8) ^ HIGH[at]!;
    }
    this.#low = low;
    this.#high = high;
    return this;
  }

  digest(): Bytes {
    const halves = [this.#low, this.#high];
    return halves
      .flatMap((half) => [half & 0xff, (half >>> 8) & 0xff, (half >>> 16) & 0xff, half >>> 24])
      .map((byte) => String.fromCharCode(byte))
      .join("");
  }
}
