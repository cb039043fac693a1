// What lies on a server's disk: given at the start, and looked at.
import { describe, expect, test } from "vitest";
import { createRedouble, primaryWithReplicas } from "./index.ts";

describe("files", () => {
  test("a server starts with the data of a dump, and with its time", async () => {
    const source = createRedouble({ startTime: 0, asDefault: false });
    source.server.load({ greeting: "héllo", queue: ["a", "b"], session: { value: "x", ttl: "1m" } });
    source.server.call("SAVE");
    const dump = source.server.file("dump.rdb")!;
    expect(dump.subarray(0, 5).toString()).toBe("REDIS");
    source.stop();

    const redouble = createRedouble({ startTime: 1_000, files: { "dump.rdb": dump }, asDefault: false });
    expect(redouble.server.dump()).toEqual({
      greeting: "héllo",
      queue: ["a", "b"],
      session: { value: "x", ttl: 59_000 },
    });
    redouble.server.call("FLUSHALL");
    redouble.reset();
    expect(redouble.server.keys()).toHaveLength(3);
    redouble.stop();
  });

  test("replicas have what their primary read", () => {
    const source = createRedouble({ asDefault: false });
    source.server.load({ k: "v" });
    source.server.call("SAVE");
    const redouble = createRedouble({
      topology: primaryWithReplicas({ replicas: 1 }),
      files: { "dump.rdb": source.server.file("dump.rdb")! },
      asDefault: false,
    });
    expect(redouble.named("replica-1").call("GET", "k")).toBe("v");
    expect(redouble.named("replica-1").call("ROLE")).toContain("connected");
    for (const each of [source, redouble]) each.stop();
  });

  test("users come from the file that aclfile names, and go back to it", () => {
    const redouble = createRedouble({
      config: { aclfile: "users.acl" },
      files: { "users.acl": "user default on nopass ~* &* +@all\nuser alice on >geheim ~cache:* +get\n" },
      asDefault: false,
    });
    expect(redouble.server.call("ACL", "USERS")).toEqual(["alice", "default"]);
    redouble.server.call("ACL", "SETUSER", "bob", "on");
    redouble.server.call("ACL", "SAVE");
    expect(String(redouble.server.file("users.acl"))).toContain("user bob on");
    redouble.stop();
  });

  test.each([
    [{ files: { "dump.rdb": "no dump" } }, "server cannot start: the data of dump.rdb cannot be read"],
    [
      { config: { aclfile: "users.acl" } },
      "server cannot start: Error loading ACLs, opening file 'users.acl': No such file or directory",
    ],
    [{ files: ["dump.rdb"] as unknown as Record<string, string> }, "files is an object, as in"],
    [{ files: { "dump.rdb": 7 as unknown as string } }, "files: dump.rdb is a text or a Uint8Array, not 7"],
  ])("%j is an error: %s", (options, message) => {
    expect(() => createRedouble({ ...options, asDefault: false })).toThrow(message);
  });

  test("what is not there is undefined", () => {
    const redouble = createRedouble({ asDefault: false });
    expect(redouble.server.file("dump.rdb")).toBeUndefined();
    redouble.stop();
  });
});
