// One seed, one trace: a cluster fails over under a client's eyes the same way each time, whatever other worlds do meanwhile.
import { describe, expect, test } from "vitest";
import { toUint8Array } from "../kernel/bytes.ts";
import type { Server } from "../server/server.ts";
import { World } from "../server/world.ts";
import { createDeployment } from "./deployment.ts";
import { cluster } from "./topology.ts";

/** A thousand were seen to be alike too, in a minute and a half. */
const RUNS = 200;
const STEP_MS = 250;
const STEPS = 60;

/** A client that writes four times a second, goes where it is told, and tells everything that it gets, byte for byte, and when. */
class Observer {
  readonly trace: string[] = [];
  readonly world: World;
  readonly #servers: ReadonlyMap<string, Server>;
  #step = 0;
  #ask: (line: string) => void;

  constructor(seed: number) {
    this.world = new World({ seed });
    const { servers } = createDeployment(this.world, cluster({ primaries: 3, replicasPerPrimary: 1 }), {
      config: { "cluster-node-timeout": "2000", "repl-diskless-sync-delay": "0" },
    });
    this.#servers = servers;
    this.#ask = this.#dial(servers.get("primary-1")!);
  }

  #dial(server: Server): (line: string) => void {
    const tell = (what: string): number => this.trace.push(`${this.world.now} ${server.name} ${what}`);
    const link = server.connect({ peer: { write: tell, close: (reason) => tell(`<${reason}>`) } });
    return (line) => link.receive(toUint8Array(`${line}\r\n`));
  }

  /** True while there is more to see. */
  step(): boolean {
    if (this.#step === 10) this.#servers.get("primary-1")!.lifecycle.crash();
    if (this.#step === 40) this.#servers.get("primary-1")!.lifecycle.restart();
    this.#ask(`SET b ${this.#step}`);
    const port = /MOVED \d+ \S+:(\d+)/.exec(this.trace.at(-1) ?? "")?.[1];
    const alive = [...this.#servers.values()].filter(({ lifecycle }) => !lifecycle.crashed);
    const next = alive.find(({ address }) => String(address.port) === port) ?? alive[this.#step % alive.length]!;
    this.#ask = this.#dial(next);
    this.#ask("CLUSTER NODES");
    this.world.advanceTo(this.world.now + STEP_MS);
    return ++this.#step < STEPS;
  }

  run(): string {
    while (this.step());
    return this.trace.join("\n");
  }
}

describe("A cluster's failover", () => {
  test(`is the same trace in ${RUNS} runs of a seed, and another one for another seed`, { timeout: 300_000 }, () => {
    const first = new Observer(7).run();
    expect(first).toContain("primary-1 <");
    expect(first).toMatch(/replica-1 \+OK/);
    const differing = Array.from({ length: RUNS - 1 }, () => new Observer(7).run()).filter((trace) => trace !== first);
    expect(differing).toHaveLength(0);
    expect(new Observer(8).run()).not.toBe(first);
  });

  test("is undisturbed by nine other worlds that take turns with it", () => {
    const alone = Array.from({ length: 10 }, (_, seed) => new Observer(seed).run());
    const together = Array.from({ length: 10 }, (_, seed) => new Observer(seed));
    let more = true;
    while (more) more = together.map((observer) => observer.step()).every(Boolean);
    expect(together.map(({ trace }) => trace.join("\n"))).toEqual(alone);
  });
});
