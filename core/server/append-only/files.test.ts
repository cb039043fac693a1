import { describe, expect, test } from "vitest";
import { World } from "../world.ts";

const OLD = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\nold\r\n";

function start(files: Readonly<Record<string, string>>, config: Readonly<Record<string, string>> = {}) {
  return new World().createServer({ config: { appendonly: "yes", ...config }, files });
}

describe("the single append-only file of a release before 7.0", () => {
  test("begins as a dump or is nothing but commands", () => {
    const writer = new World().createServer({ config: { appendonly: "yes" }, files: { "appendonly.aof": OLD } });
    expect(writer.databases[0]!.size).toBe(1);
    writer.snapshots.save();
    const dump = writer.disk.read(writer.disk.pathOf("dump.rdb"))!;
    const reader = start({ "appendonly.aof": dump + OLD.replaceAll("k", "l") });
    expect(reader.databases[0]!.size).toBe(2);
  });

  // Real servers crash here, by an assertion.
  test("does not go where a file of its name is, which no manifest speaks of", () => {
    expect(() => start({ "appendonly.aof": OLD, "appendonlydir/appendonly.aof": OLD })).toThrow(
      "the append-only file cannot be read",
    );
  });
});
