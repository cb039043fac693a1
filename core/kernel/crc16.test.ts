// Hash slots: known values, and hash tags.
import { expect, test } from "vitest";
import { crc16, hashSlot } from "./crc16.ts";

test("the check value of CRC16-XMODEM", () => expect(crc16("123456789")).toBe(0x31c3));

test.each([
  ["foo", 12182],
  ["{foo}bar", 12182],
  ["a{foo}b{bar}", 12182],
  ["", 0],
])("the slot of %j is %d", (key, slot) => expect(hashSlot(key)).toBe(slot));

test("an empty tag counts as none", () => expect(hashSlot("{}foo")).toBe(crc16("{}foo") & 16383));
