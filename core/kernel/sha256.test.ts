// SHA-256 against the hashes that Node's own makes.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "./sha256.ts";

test("hashes of every length around the ends of blocks are those of a known implementation", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Array.from({ length }, (_, i) => String.fromCharCode((i * 37 + length) & 255)).join("");
    expect(sha256(bytes)).toBe(createHash("sha256").update(bytes, "latin1").digest("hex"));
  }
});
