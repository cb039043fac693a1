/** What redis-cli and valkey-cli do to a cluster they do to ours, over TCP: nothing in them knows that the nodes are simulated. */
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { findServers } from "../servers/servers.ts";
import { askNode, clusterTool, type ToolRun } from "./cluster-tool.ts";
import { Load } from "./load.ts";
import { serveNodes, type ServedNodes } from "../nodes/served-nodes.ts";

const { programs } = findServers({ lay: false });
const tools = [...programs].map(([profile, program]) => ({ profile, tool: path.join(path.dirname(program), "cli") }));
const running: ServedNodes[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((nodes) => nodes.close()));
});

test.runIf(tools.length === 0)("no real server lies here, so no tool of theirs was run", () => {
  expect(tools).toEqual([]);
});

/** Six nodes of ours and two more, seen through a tool. */
async function form(profile: (typeof tools)[number]["profile"], tool: string) {
  const served = await serveNodes({
    profile,
    nodes: 8,
    config: { "cluster-node-timeout": "1000", "repl-diskless-sync-delay": "0" },
  });
  running.push(served);
  const { ports } = served;
  const [first] = ports as [number];
  const address = (port: number): string => `127.0.0.1:${port}`;
  const cluster = (...words: readonly (string | number)[]): Promise<ToolRun> => clusterTool(tool, words);
  const ask = (port: number, ...words: readonly (string | number)[]): Promise<string> => askNode(tool, port, words);
  const idOf = (port: number): Promise<string> => ask(port, "CLUSTER", "MYID");
  const created = await cluster("create", ...ports.slice(0, 6).map(address), "--cluster-replicas", 1, "--cluster-yes");
  expect(created.output).toContain("[OK] All 16384 slots covered.");
  expect(created.code).toBe(0);
  /** The tool finds everything in order, which takes the nodes a moment to agree on. */
  const settled = async (): Promise<string> => {
    let checked: ToolRun = { code: null, output: "" };
    const isSound = async (): Promise<boolean> => {
      checked = await cluster("check", address(first));
      return (
        checked.code === 0 &&
        checked.output.includes("[OK] All nodes agree") &&
        !/\[(ERR|WARNING)\]/.test(checked.output)
      );
    };
    await until(isSound, () => checked.output);
    return checked.output;
  };
  await settled();
  for (const port of ports.slice(0, 6)) {
    await until(async () => (await ask(port, "CLUSTER", "INFO")).includes("cluster_state:ok"));
  }
  return { ports, first, address, cluster, ask, idOf, settled };
}

async function until(holds: () => Promise<boolean>, seen = (): string => ""): Promise<void> {
  for (let attempt = 0; !(await holds()); attempt++) {
    if (attempt === 100) throw new Error(`The cluster does not come to rest. ${seen()}`);
    await delay(50);
  }
}

describe.each(tools)("the tool of $profile", ({ profile, tool }) => {
  test("moves a thousand slots under load, and nothing is lost", async () => {
    const { ports, first, address, cluster, ask, idOf, settled } = await form(profile, tool);
    const load = new Load(first, { keys: 2_000, workers: 8 });
    await delay(300);
    const before = load.writes;
    const [from, to] = await Promise.all([idOf(ports[0]!), idOf(ports[1]!)]);
    const { code, output } = await cluster(
      "reshard",
      address(first),
      "--cluster-from",
      from,
      "--cluster-to",
      to,
      "--cluster-slots",
      1000,
      "--cluster-yes",
    );
    expect([code, output.match(/^Moving slot \d+ from/gm)?.length]).toEqual([0, 1000]);
    expect(load.writes).toBeGreaterThan(before + 1_000);
    const { keys, broken } = await load.stop();
    expect(broken).toEqual([]);
    expect(keys).toBeGreaterThan(500);
    expect(await settled()).toContain("[OK] All 16384 slots covered.");
    expect((await ask(ports[0]!, "CLUSTER", "NODES")).match(/myself,master .* connected (.*)/)?.[1]).toBe("1000-5460");

    const info = await cluster("info", address(first));
    expect(info.output).toContain(`[OK] ${keys} keys in 3 `);
    const rebalanced = await cluster("rebalance", address(first), "--cluster-pipeline", 100);
    expect(rebalanced.code).toBe(0);
    expect((await cluster("info", address(first))).output.match(/546[12] slots/g)).toHaveLength(3);
    await settled();
  });

  test("adds nodes, gives one slots, and takes them away again", async () => {
    const { ports, first, address, cluster, ask, idOf, settled } = await form(profile, tool);
    expect((await cluster("add-node", address(ports[6]!), address(first))).output).toContain("[OK] New node added");
    await settled();
    const added = await idOf(ports[6]!);
    const asReplica = ["--cluster-slave", "--cluster-master-id", added];
    const second = await cluster("add-node", address(ports[7]!), address(first), ...asReplica);
    expect(second.output).toContain(`Configure node as replica of ${address(ports[6]!)}`);
    expect(await settled()).toMatch(
      new RegExp(`S: \\w+ ${address(ports[7]!)}\\s+slots: \\(0 slots\\) slave\\s+replicates ${added}`),
    );
    const load = new Load(first, { keys: 400, workers: 4 });
    const weigh = (weight: number) => ["rebalance", address(first), "--cluster-weight", `${added}=${weight}`];
    expect((await cluster(...weigh(0.1), "--cluster-use-empty-masters")).output).toContain(`to ${address(ports[6]!)}`);
    await settled();
    expect((await cluster("info", address(first))).output).toMatch(/-> \d+ keys \| 52\d slots/);
    const refused = await cluster("del-node", address(first), added);
    expect(refused.output).toContain(`is not empty! Reshard data away and try again.`);
    expect((await cluster(...weigh(0))).code).toBe(0);
    expect((await load.stop()).broken).toEqual([]);
    await settled();
    expect((await cluster("del-node", address(first), await idOf(ports[7]!))).code).toBe(0);
    expect((await cluster("del-node", address(first), added)).code).toBe(0);
    await settled();
    expect(await ask(first, "CLUSTER", "INFO")).toContain("cluster_known_nodes:6");
    expect(await ask(ports[6]!, "CLUSTER", "INFO")).toContain("cluster_known_nodes:1");
  });

  test("mends an open slot and one that nobody serves", async () => {
    const { ports, first, address, cluster, ask, idOf, settled } = await form(profile, tool);
    await ask(first, "MSET", "{b}1", 1, "{b}2", 2);
    const [from, to] = await Promise.all([idOf(ports[0]!), idOf(ports[1]!)]);
    await ask(ports[1]!, "CLUSTER", "SETSLOT", 3300, "IMPORTING", from);
    await ask(first, "CLUSTER", "SETSLOT", 3300, "MIGRATING", to);
    await ask(first, "MIGRATE", "127.0.0.1", ports[1]!, "{b}1", 0, 1000);
    const open = await cluster("check", address(first));
    expect(open.output).toContain(`[WARNING] Node ${address(first)} has slots in migrating state 3300.`);
    expect((await cluster("fix", address(first))).output).toContain("Fixing open slot 3300");
    await settled();
    const holder = (await ask(first, "EXISTS", "{b}1", "{b}2")) === "2" ? first : ports[1]!;
    expect(await ask(holder, "MGET", "{b}1", "{b}2")).toBe("1\n2");

    for (const port of ports.slice(0, 6)) await ask(port, "CLUSTER", "DELSLOTS", 16_000);
    const uncovered = await cluster("check", address(first));
    expect(uncovered.output).toContain("[ERR] Not all 16384 slots are covered by nodes.");
    expect((await cluster("fix", address(first))).output).toContain("Covering slot 16000");
    await settled();
  });

  test("asks every node, sets what they wait for, and brings data in", async () => {
    const { ports, first, address, cluster, ask } = await form(profile, tool);
    const called = await cluster("call", address(first), "CONFIG", "GET", "cluster-node-timeout");
    expect(called.output.match(/1000$/gm)).toHaveLength(6);
    // Without a file to write it to the tool counts it as an error, with real nodes as well; it is set all the same.
    expect((await cluster("set-timeout", address(first), 1200)).output).toContain("without a config file");
    expect(await ask(ports[5]!, "CONFIG", "GET", "cluster-node-timeout")).toBe("cluster-node-timeout\n1200");
    const alone = await serveNodes({ profile, nodes: 1, config: { "cluster-enabled": "no" } });
    running.push(alone);
    const [source] = alone.ports as [number];
    for (let key = 0; key < 50; key++) alone.redouble.server.engine.databases[0]!.set(`import:${key}`, String(key));
    const imported = await cluster("import", address(first), "--cluster-from", address(source), "--cluster-copy");
    expect(imported.output.match(/^Migrating import:\d+ to .*: OK$/gm)).toHaveLength(50);
    expect((await cluster("info", address(first))).output).toContain("[OK] 50 keys in 3 ");
  });
});
