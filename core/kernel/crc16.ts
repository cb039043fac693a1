// CRC16-CCITT (XMODEM), the checksum that maps keys to hash slots.
import type { Bytes } from "./bytes.ts";

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** The CRC16 of a byte string: polynomial 0x1021, initial value 0, nothing reflected. */
export function crc16(bytes: Bytes): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) crc = ((crc << 8) ^ TABLE[(crc >> 8) ^ bytes.charCodeAt(i)]!) & 0xffff;
  return crc;
}

/** The hash slot (0-16383) of a key; only the first non-empty `{tag}` counts where there is one. */
export function hashSlot(key: Bytes): number {
  const open = key.indexOf("{");
  const close = open < 0 ? -1 : key.indexOf("}", open + 1);
  return crc16(close > open + 1 ? key.slice(open + 1, close) : key) & 16383;
}
