// What every fault of the vocabulary must satisfy: it strikes what its selector chooses, goes without a trace, lives beside every other,
// and travels as JSON.
import { describe, expect, test } from "vitest";
import { cluster, primaryWithReplicas, type Topology } from "../core/index.ts";
import { start } from "./fixtures/stage.ts";
import * as door from "./index.ts";
import {
  exampleFaults,
  faultFrom,
  faultNames,
  parseFault,
  printFault,
  selectorPartsOf,
  type Fault,
  type Selector,
} from "./index.ts";

/** A real cluster waits two seconds before it serves; most faults need none. */
const TOPOLOGIES: readonly Topology[] = [primaryWithReplicas(), cluster({ primaries: 3, replicasPerPrimary: 1 })];
const CONFIG = { "cluster-node-timeout": "2000", "repl-diskless-sync-delay": "0" };

/** Each fault where it can come to pass. */
const subjects = faultNames.map((name) => {
  for (const topology of TOPOLOGIES) {
    const fault = exampleFaults(topology).get(name);
    if (typeof fault === "object") return { name, fault: light(fault), topology };
  }
  throw new Error(`${name} comes to pass nowhere`);
});

/** Storms of a few slots tell as much here as those of thousands. */
function light(fault: Fault): Fault {
  return "slots" in fault.options ? faultFrom(fault.name, { ...fault.options, slots: 20 }) : fault;
}

const inOf = (topology: Topology) => start({ topology, config: CONFIG });
const again = (fault: Fault): Fault => parseFault(printFault(fault));

type Stage = ReturnType<typeof inOf>;

/** What of a world faults may change and must put back; a clock that has drifted stays where it has got to. */
function stateOf({ world, servers, faults }: Stage) {
  const drifted = faults.all.some(({ fault }) => fault.name === "clockDrift");
  return {
    hooks: [world.hooks.watchesChunks, world.hooks.watchesCommands, world.hooks.watchesReplies],
    cuts: world.network.hasCuts,
    servers: [...servers.values()].map((server) => ({
      name: server.name,
      listens: server.listens,
      stalled: server.stalled,
      busy: server.busyScript !== undefined,
      aheadMs: drifted ? 0 : Math.round(server.clock.now - world.now),
      config: server.config.match(["maxclients", "maxmemory*", "client-output-buffer-limit"]),
      holdsView: server.cluster?.viewIsHeld,
    })),
  };
}

/** The commands that an application sends, each on a connection that is made anew where it broke. */
function use(stage: Stage, { server = stage.server, name = "app" } = {}): string[] {
  return ["SET {b}:1 v", "GET {b}:1", "INCR {b}:n", "QUIT"].map((line) => {
    const client = stage.connect(server);
    client.send(`CLIENT SETNAME ${name}`);
    client.send(line);
    stage.world.hooks.onPoint({ name: "before the write", now: stage.world.now });
    return client.got();
  });
}

describe.each(subjects)("$name", ({ name, fault, topology }) => {
  test("prints, travels as JSON, and reads back as itself", () => {
    const read = again(fault);
    expect([read.name, read.options, read.selector]).toEqual([fault.name, fault.options, fault.selector]);
    expect(JSON.parse(JSON.stringify(fault.options))).toEqual(fault.options);
  });

  test("refuses an option that it has not", () => {
    const make = Reflect.get(door, name) as (options: unknown) => Fault;
    expect(() => make({ ...fault.options, misspelt: 1 })).toThrow(`${name} has no option 'misspelt'`);
  });

  test("acts the same when it has travelled", () => {
    const run = (subject: Fault) => {
      const stage = inOf(topology);
      const guard = stage.faults.inject(subject);
      const replies = use(stage);
      stage.world.advanceTo(stage.world.now + 500);
      return [replies, use(stage), guard.fired, stateOf(stage)];
    };
    expect(run(faultFrom(name, { ...fault.options }))).toEqual(run(again(fault)));
  });

  test("strikes", () => {
    const stage = inOf(topology);
    stage.connect(); // somebody is there
    const guard = stage.faults.inject(again(fault));
    use(stage);
    expect(guard.fired).toBeGreaterThan(0);
  });

  test("is gone without a trace once it is taken out", () => {
    const stage = inOf(topology);
    const before = stateOf(stage);
    const guard = stage.faults.inject(again(fault));
    use(stage);
    stage.world.advanceTo(stage.world.now + 50);
    guard.uninstall();
    guard.uninstall();
    expect(guard.active).toBe(false);
    // Roles and slots may have changed for good, and real servers take their time to agree on that.
    stage.world.advanceTo(stage.world.now + 30_000);
    const { fired } = guard;
    expect(served(stage)).toBe("+OK $1 v");
    expect(guard.fired).toBe(fired);
    // What failed over on purpose has a dead primary, which nobody starts again.
    if (name === "failoverLosingWrites") stage.server.lifecycle.restart();
    expect(stateOf(stage)).toEqual(before);
  });

  test("lives beside every other, whichever goes first", () => {
    for (const other of subjects.slice(subjects.findIndex((each) => each.fault === fault))) {
      const stage = inOf(other.topology.kind === "cluster" ? other.topology : topology);
      const before = stateOf(stage);
      for (const firstOut of [0, 1]) {
        const pair = [fault, other.fault].map((each) => inPlace(stage, each)).filter((each) => each !== undefined);
        if (pair.length < 2) continue; // there is no deployment in which they could meet
        const guards = pair.map((each) => stage.faults.inject(each));
        use(stage);
        stage.world.advanceTo(stage.world.now + 100);
        guards[firstOut]!.uninstall();
        stage.world.advanceTo(stage.world.now + 100);
        guards[1 - firstOut]!.uninstall();
        for (const server of stage.servers.values())
          if (server.lifecycle.crashed) server.lifecycle.restart({ keepsData: true });
        stage.world.advanceTo(stage.world.now + recoveryMs(stage, name, other.name));
        expect([other.name, firstOut, served(stage)]).toEqual([other.name, firstOut, "+OK $1 v"]);
        expect([other.name, firstOut, stateOf(stage)]).toEqual([other.name, firstOut, before]);
      }
    }
  });
});

/** Nodes whose clocks were turned back by a minute wait for it to pass again before they serve, as real ones do. */
function recoveryMs({ server }: Stage, ...names: readonly string[]): number {
  if (server.cluster === undefined) return 3_000;
  return names.includes("clockJump") || names.includes("clockSkew") ? 90_000 : 15_000;
}

/** The same fault in this deployment, where servers may bear other names; undefined where it cannot come to pass in it. */
function inPlace({ server }: Stage, { name }: Fault): Fault | undefined {
  const there = exampleFaults(TOPOLOGIES[server.cluster === undefined ? 0 : 1]!).get(name);
  return typeof there === "object" ? light(there) : undefined;
}

/** What a write and a read get that look for whoever serves them. */
function served(stage: Stage): string {
  const answers = [...stage.servers.values()].map((server) => {
    const client = stage.connect(server);
    return `${client.ask("SET {b}:1 v")} ${client.ask("GET {b}:1")}`;
  });
  return answers.find((answer) => answer.startsWith("+OK")) ?? answers.join("; ");
}

/** What a part of a selector may say, and how often the fault then strikes, of so many times without it. */
const choices: Readonly<Record<string, readonly (readonly [Selector, (fired: number, all: number) => boolean])[]>> = {
  server: [
    [{ server: "primary" }, (fired, all) => fired === all],
    [{ server: "replica-1" }, (fired) => fired === 0],
  ],
  client: [
    [{ client: "app" }, (fired) => fired > 0],
    [{ client: "somebody else" }, (fired) => fired === 0],
  ],
  command: [
    [{ command: ["SET", "QUIT", "PING"] }, (fired) => fired > 0],
    [{ command: "LPUSH" }, (fired) => fired === 0],
  ],
  key: [
    [{ key: "{b}:*" }, (fired) => fired > 0],
    [{ key: "other:*" }, (fired) => fired === 0],
  ],
  nth: [
    [{ nth: 1 }, (fired) => fired === 1],
    [{ nth: 2 }, (fired) => fired === 1],
    [{ nth: 1_000 }, (fired) => fired === 0],
  ],
  probability: [
    [{ probability: 0 }, (fired) => fired === 0],
    [{ probability: 1 }, (fired, all) => fired === all],
  ],
  // From whom: replicas and Sentinels, whose traffic begins by itself; replicationLag is this selector.
  from: [[{ from: "primary" }, (fired) => fired === 0]],
};

describe("selectors", () => {
  const rows = subjects.flatMap(({ name, fault, topology }) =>
    // What acts on a server at once names it: there is nothing to choose from later.
    fault.act !== undefined || name === "processPause"
      ? []
      : selectorPartsOf(name).flatMap((part) =>
          choices[part]!.map(([selector, isRight]) => ({ name, part, selector, isRight, fault, topology })),
        ),
  );

  test("each fault that waits for traffic has some", () => {
    const without = subjects.filter(({ name, fault }) => fault.act === undefined && selectorPartsOf(name).length === 0);
    // A lag is on the link of one replica, and nowhere else.
    expect(without.map(({ name }) => name)).toEqual(["replicationLag"]);
  });

  test.each(rows)(
    "$name strikes what $selector chooses, and nothing else",
    ({ part, selector, isRight, fault, topology }) => {
      const strikes = (chosen: Selector): number => {
        const stage = inOf(topology);
        const { command, nth: _nth, ...options } = fault.options;
        const given = part === "command" || command === undefined ? options : { ...options, command };
        const guard = stage.faults.inject(faultFrom(fault.name, { ...given, ...chosen }));
        for (let round = 0; round < 3; round++) {
          use(stage);
          stage.world.advanceTo(stage.world.now + 1_000);
        }
        return guard.fired;
      };
      const [all, fired] = [strikes({}), strikes(selector)];
      expect({ all, fired, isRight: all > 0 && isRight(fired, all) }).toEqual({ all, fired, isRight: true });
    },
  );
});
