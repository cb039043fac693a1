// What is on a server's disk, and what a loss of power leaves of it.
import { expect, test } from "vitest";
import { World } from "./world.ts";

const diskOf = () => new World().createServer().disk;

test("a file that is written is there for good, one that is appended to when it is synced", () => {
  const disk = diskOf();
  disk.write("/data/whole", ["a", "b"]);
  disk.create("/data/grows");
  disk.append("/data/grows", "synced");
  disk.sync("/data/grows");
  disk.append("/data/grows", " lost");
  expect(disk.read("/data/grows")).toBe("synced lost");
  disk.losePower();
  expect(["/data/whole", "/data/grows", "/data/none"].map((path) => disk.read(path))).toEqual([
    "ab",
    "synced",
    undefined,
  ]);
});

test("a file keeps what was synced of it under another name", () => {
  const disk = diskOf();
  disk.create("/data/one");
  disk.append("/data/one", "a");
  disk.sync("/data/one");
  disk.append("/data/one", "b");
  disk.rename("/data/one", "/data/other");
  disk.losePower();
  expect([disk.read("/data/one"), disk.read("/data/other")]).toEqual([undefined, "a"]);
});

test("what is appended bit by bit comes to the same as what is written at once", () => {
  const disk = diskOf();
  const bits = Array.from({ length: 30_000 }, (_, nth) => `${nth},`);
  disk.create("/data/bits");
  for (const bit of bits) expect(disk.append("/data/bits", bit)).toBe(true);
  const all = bits.join("");
  expect([disk.read("/data/bits"), disk.sizeOf("/data/bits")]).toEqual([all, all.length]);
  disk.truncate("/data/bits", 100_000);
  disk.append("/data/bits", "end");
  expect(disk.read("/data/bits")).toBe(`${all.slice(0, 100_000)}end`);
});

test("a directory shows what is in it, and whoever is in its directories only once", () => {
  const disk = diskOf();
  for (const path of ["/data/b", "/data/a/1", "/data/a/2", "/database"]) disk.write(path, ["x"]);
  expect([disk.list("/data"), disk.list("/data/a"), disk.list("/none")]).toEqual([["a", "b"], ["1", "2"], []]);
  expect([disk.append("/data/none", "x"), disk.write("/data/", ["x"])]).toEqual([false, false]);
});
