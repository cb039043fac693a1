import { describe, expect, test } from "vitest";
import { doorOf, portOf, repliesIn, serverOf, type Step } from "./case.ts";
import { escape, unescape } from "./escapes.ts";
import { parseCaseFile } from "./parse.ts";
import { groupReplies, printBlocks } from "./print.ts";
import type { ProfileName, Protocol } from "../profiles.ts";

const steps = (text: string): readonly Step[] => parseCaseFile("x.resp", `== a title\n${text}`).cases[0]?.steps ?? [];
const line = (text: string) => ({ kind: "line", text }) as const;

describe("a case file", () => {
  test("gives a setting the most particular of the replies that name it", () => {
    const [step] = steps("> GET k\n$-1\n@resp3\n_\n@valkey-8.1\n+a\n@valkey-8.1 resp3\n+b");
    const replies = step && "replies" in step ? step.replies : undefined;
    const reply = (profile: ProfileName, protocol: Protocol) =>
      replies && repliesIn(replies, { profile, protocol })?.[0];
    expect(reply("redis-8.0", "resp2")).toEqual({ kind: "bulk", type: "$", payload: null });
    expect(reply("redis-7.0", "resp3")).toEqual(line("_"));
    expect(reply("valkey-8.1", "resp2")).toEqual(line("+a"));
    expect(reply("valkey-8.1", "resp3")).toEqual(line("+b"));
  });

  test("tells pushes, sets and booleans from steps, matchers and comments", () => {
    const [step, next] = steps("> A\n>1\n+x\n~1\n#t\n~any\n# a comment\n> B");
    expect(step && "replies" in step && step.replies.blocks[0]?.replies.map(({ kind }) => kind)).toEqual([
      "aggregate",
      "aggregate",
      "any",
    ]);
    expect(next?.kind).toBe("command");
  });

  test("holds the payload of a bulk in one line, however it looks", () => {
    const [step] = steps("> GET k\n$8\n== t\\r\\nx\\\\\n> PING");
    expect(step && "replies" in step && step.replies.blocks[0]?.replies).toEqual([
      { kind: "bulk", type: "$", payload: "== t\r\nx\\" },
    ]);
  });

  test.each([
    ["> GET k\n$3\nab", /x\.resp:4: \$3 announces 3 bytes, its line holds 2/],
    ["> GET k\n~nosuch", /no matcher is called "nosuch"/],
    ["> GET k\n@redis-6.0\n+OK", /not a qualifier/],
    ["> GET 'k", /never closed/],
    ["frobnicate", /not a step/],
    ["raw> $name", /raw bytes know no captured values/],
    ["# nothing", /a case without steps/],
  ])("names place and fault of %j", (text, message) => {
    expect(() => steps(text)).toThrow(message);
  });
});

describe("a case file with a topology", () => {
  const cases = (header: string, text: string) => parseCaseFile("x.resp", `${header}\n\n== a title\n${text}`).cases;

  test.each([
    ["topology replicas 2", { kind: "primary-with-replicas", replicas: 2 }],
    ["topology cluster 3x1", { kind: "cluster", primaries: 3, replicasPerPrimary: 1 }],
    [
      "topology sentinels 3 replicas 1 quorum 2 down-after-milliseconds 1000",
      { kind: "sentinel", sentinels: 3, replicas: 1, quorum: 2, downAfterMs: 1000, failoverTimeoutMs: 180_000 },
    ],
  ])("says %j", (header, topology) => {
    expect(cases(header, "> PING")[0]?.file.topology).toMatchObject(topology);
  });

  test("looks at what lies on their disks, and puts files there", () => {
    const [subject] = cases(
      "topology replicas 0",
      'file primary a/b.c\n$1\nx\nfiles primary a\n*0\nlay primary a/b "c \\r\\n d"',
    );
    expect(subject?.steps).toMatchObject([
      { kind: "file", server: "primary", path: "a/b.c" },
      { kind: "files", server: "primary", path: "a" },
      { kind: "lay", server: "primary", path: "a/b", content: "c \r\n d" },
    ]);
    expect(() => cases("topology replicas 0", "file replica-1 a\n$-1")).toThrow("no server");
    expect(() => cases("topology replicas 0", "lay primary a")).toThrow("lay takes");
  });

  test("has connections to its servers, acts on them, and waits for what is to come", () => {
    const [subject] = cases(
      "topology replicas 1",
      "await 500 b@replica-1> GET k\n+v\ncrash primary\nclosed\nawait 100 replica-1 gets\nb@replica-1 refused",
    );
    expect(subject?.steps).toMatchObject([
      { kind: "command", connection: "b@replica-1", withinMs: 500 },
      { kind: "act", act: "crash", server: "primary" },
      { kind: "closed", connection: "" },
      { kind: "gets", connection: "replica-1", withinMs: 100 },
      { kind: "refused", connection: "b@replica-1" },
    ]);
    const servers = subject?.steps.map((step) =>
      "connection" in step ? serverOf(step.connection, subject.file.topology) : "",
    );
    expect(servers).toEqual(["replica-1", "", undefined, "replica-1", "replica-1"]);
  });

  test("has connections by other doors", () => {
    const [subject] = cases(
      "topology replicas 1",
      "a/tls> PING\n+PONG\nb@replica-1/unix> PING\n+PONG\nreplica-1> PING\n+PONG",
    );
    const places = subject?.steps.map((step) =>
      "connection" in step ? [serverOf(step.connection, subject.file.topology), doorOf(step.connection)] : [],
    );
    expect(places).toEqual([
      [undefined, "tls"],
      ["replica-1", "unix"],
      ["replica-1", undefined],
    ]);
  });

  test("has connections to other ports, and to another address", () => {
    const [subject] = cases(
      "topology replicas 1",
      "a@primary:7100> PING\n+PONG\nb@replica-1:7200/tls> PING\n+PONG\nc@127.0.0.2:7300 refused",
    );
    const places = subject?.steps.map((step) =>
      "connection" in step
        ? [serverOf(step.connection, subject.file.topology), portOf(step.connection), doorOf(step.connection)]
        : [],
    );
    expect(places).toEqual([
      ["primary", 7100, undefined],
      ["replica-1", 7200, "tls"],
      ["127.0.0.2", 7300, undefined],
    ]);
  });

  test.each([
    ["since 7.0.0", "a@primary:7100> PING", /only the servers of a topology have other ports/],
    ["topology replicas 1", "a@127.0.0.3:7100> PING", /not a step/],
    ["topology replicas 1", "a@replica-2> PING", /no server "replica-2"/],
    ["topology replicas 1", "a@::1> PING", /no server "::1"/],
    ["since 7.0.0", "a/tls> PING", /only the servers of a topology have other doors/],
    ["topology replicas 1", "a/udp> PING", /not a step/],
    ["topology replicas 1", "crash sentinel-1", /no server "sentinel-1"/],
    ["since 7.0.0", "crash primary", /no server "primary"/],
    ["topology replicas 1", "await 10 silent", /await takes/],
    ["topology replicas 1 nosuch 2", "> PING", /no topology has "nosuch"/],
    ["topology cluster 3", "> PING", /not the shape of a cluster/],
    ["since 7.0.0", "topology replicas 1\n> PING", /topology belongs in the header/],
  ])("refuses %j, %j", (header, text, message) => {
    expect(() => cases(header, text)).toThrow(message);
  });
});

describe("bytes in a case file", () => {
  test.each(["", "a b", "\\", "\x00\r\n\t\xff\x7f", "\\(x*3)", "x".repeat(1000), "\n".repeat(40), 'a"b'])(
    "%j comes back",
    (bytes) => {
      expect(unescape(escape(bytes))).toBe(bytes);
    },
  );
});

describe("recorded replies", () => {
  const recorded = (answers: Partial<Record<`${ProfileName} ${Protocol}`, string>>) =>
    printBlocks(
      groupReplies(
        Object.entries(answers).map(([key, text]) => {
          const [profile, protocol] = key.split(" ");
          return { profile: profile as ProfileName, protocol: protocol as Protocol, replies: [line(text)] };
        }),
      ),
    );

  test("that are equal are stated once", () => {
    expect(
      recorded({ "redis-7.0 resp2": "+a", "redis-7.0 resp3": "+a", "redis-8.0 resp2": "+a", "redis-8.0 resp3": "+a" }),
    ).toEqual(["+a"]);
  });

  test("that differ by protocol or by profile are stated for what differs", () => {
    const answers = {
      "redis-8.0 resp2": "+2",
      "redis-8.0 resp3": "+3",
      "redis-7.0 resp2": "+2",
      "redis-7.0 resp3": "+3",
    };
    expect(recorded({ ...answers, "valkey-8.1 resp2": "+2", "valkey-8.1 resp3": "+2" })).toEqual([
      "+2",
      "@resp3",
      "+3",
      "@valkey-8.1",
      "+2",
    ]);
    expect(recorded({ ...answers, "redis-7.0 resp3": "+x" })).toEqual(["+2", "@resp3", "+3", "@redis-7.0 resp3", "+x"]);
  });
});
