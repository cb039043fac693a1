/** Plays one case against one target in one protocol, either holding it to what is recorded or noting what comes. */
import {
  blockIn,
  doorOf,
  portOf,
  mainConnection,
  repliesIn,
  serverOf,
  type Case,
  type Replies,
  type Step,
} from "../format/case.ts";
import { matches } from "../format/compare.ts";
import { escape, type Bytes, type Word } from "../format/escapes.ts";
import type { Expected, MatcherName } from "../format/expected.ts";
import { liesBetween } from "../format/neighbours.ts";
import { printExpected } from "../format/print.ts";
import type { Reply } from "../format/reply.ts";
import { applies, isRecorded, lowestProfile, profiles, type Protocol, type Setting } from "../profiles.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import type { Target } from "../targets/target.ts";
import { needsOf } from "./needs.ts";
import { scanToTheEnd } from "./scan.ts";
import { withValues } from "./stand-ins.ts";
import { Wire } from "./wire.ts";

/** How long, while recording, a step is given that has not answered at once. */
const lateMs = 30;

/** How long, in the servers' time, lies between two looks at what is awaited. */
const lookMs = 100;

export type Outcome = {
  readonly comparisons: number;
  readonly matchers: ReadonlyMap<MatcherName, number>;
  readonly failure: Failure | undefined;
  /** While recording: what arrived at each step that can have replies. */
  readonly recorded: ReadonlyMap<Replies, readonly Reply[]>;
};

export type Failure = { readonly step: Step; readonly expected: readonly string[]; readonly actual: readonly string[] };

export type RunOptions = {
  readonly protocol: Protocol;
  readonly mode: "verify" | "record";
  /** Alters a command on its way to the server; mutants are made so. */
  readonly alter?: (args: readonly Bytes[]) => readonly Bytes[];
};

/** Runs the case on a target that was started. The target is reset first and left as the case leaves it. */
export async function runCase(subject: Case, target: Target, options: RunOptions): Promise<Outcome> {
  const run = new CaseRun(subject, target, options);
  await target.reset(needsOf(subject));
  try {
    return await run.play();
  } finally {
    run.closeAll();
  }
}

class Mismatch extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super("a reply is not the expected one");
    this.failure = failure;
  }
}

class CaseRun {
  readonly #case: Case;
  readonly #target: Target;
  readonly #options: RunOptions;
  readonly #wires = new Map<string, Wire>();
  readonly #captured = new Map<string, Bytes>();
  readonly #matchers = new Map<MatcherName, number>();
  readonly #recorded = new Map<Replies, readonly Reply[]>();
  #comparisons = 0;

  constructor(subject: Case, target: Target, options: RunOptions) {
    this.#case = subject;
    this.#target = target;
    this.#options = options;
  }

  async play(): Promise<Outcome> {
    let failure: Failure | undefined;
    try {
      for (const step of this.#case.steps) await this.playStep(step);
      if (this.#options.mode === "verify") await this.expectNothingLeft();
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      failure = error.failure;
    }
    return { comparisons: this.#comparisons, matchers: this.#matchers, failure, recorded: this.#recorded };
  }

  closeAll(): void {
    for (const wire of this.#wires.values()) wire.close();
  }

  private async playStep(step: Step): Promise<void> {
    if (step.kind === "advance") return await this.#target.advance(step.ms);
    if (step.kind === "act") return await this.act(step);
    if (step.kind === "lay") return await this.#target.processes?.lay(step.server, step.path, step.content);
    if (step.kind === "file" || step.kind === "files") return await this.look(step);
    if (step.kind === "refused") return await this.expectRefusal(step);
    if (step.kind === "command" && step.withinMs !== undefined) return await this.awaitReplies(step, step.withinMs);
    const wire = await this.wire(step.connection).catch(() => {
      throw new Mismatch({ step, expected: ["(a connection)"], actual: ["(nobody listens)"] });
    });
    switch (step.kind) {
      case "command": {
        this.expectNoLeftover(step, wire);
        const bytes = encodeCommand(this.altered(step.words));
        await this.deliver(wire, this.#case.bytewise ? bytes.split("") : [bytes]);
        return await this.receive(step, wire, step.replies);
      }
      case "scan":
        this.expectNoLeftover(step, wire);
        return this.check(step, step.replies, [
          await scanToTheEnd(wire, this.altered(step.words), this.#target.patienceMs),
        ]);
      case "raw":
        this.expectNoLeftover(step, wire);
        await this.deliver(wire, this.#case.bytewise ? step.chunks.flatMap((chunk) => chunk.split("")) : step.chunks);
        return await this.receive(step, wire, step.replies);
      case "gets":
        if (step.withinMs !== undefined) return await this.awaitArrivals(step, wire, step.withinMs);
        return await this.receive(step, wire, step.replies);
      case "silent":
        await this.#target.settle();
        this.#comparisons++;
        if (wire.closed) {
          throw new Mismatch({ step, expected: ["(an open connection)"], actual: ["(a closed one)"] });
        }
        return this.expectNoLeftover(step, wire);
      case "closed":
        for (let left = step.withinMs ?? 0; left > 0 && !wire.closed; left -= lookMs)
          await this.#target.advance(lookMs);
        if (this.#options.mode === "record") return;
        this.#comparisons++;
        if (!(await wire.ended(this.#target.patienceMs)))
          throw new Mismatch({ step, expected: ["(a closed connection)"], actual: ["(an open one)"] });
        return this.expectLeftover(step, wire, step.leftover);
      case "close":
        wire.close();
        this.#wires.delete(step.connection);
        return await this.#target.settle();
      default:
        return step satisfies never;
    }
  }

  private async wire(name: string): Promise<Wire> {
    const known = this.#wires.get(name);
    if (known) return known;
    const wire = await this.#open(name);
    this.#wires.set(name, wire);
    this.#captured.set(name === mainConnection ? "address" : `address-${name}`, wire.addresses.address);
    this.#captured.set("server-address", wire.addresses.serverAddress);
    if (this.#options.protocol === "resp3") {
      wire.send(encodeCommand(["HELLO", "3"]));
      await wire.next(this.#target.patienceMs);
    }
    return wire;
  }

  private async act({ act, server }: Extract<Step, { kind: "act" }>): Promise<void> {
    await this.#target.processes?.act(act, server);
  }

  private async look(step: Extract<Step, { kind: "file" | "files" }>): Promise<void> {
    const { kind, server, path, replies } = step;
    await this.#target.settle();
    if (kind === "file") {
      const payload = (await this.#target.processes?.readFile(server, path)) ?? null;
      return this.check(step, replies, [{ kind: "bulk", type: "$", payload }]);
    }
    const names = (await this.#target.processes?.listFiles(server, path)) ?? [];
    const items = names.map((name): Reply => ({ kind: "bulk", type: "$", payload: name }));
    this.check(step, replies, [{ kind: "aggregate", type: "*", items }]);
  }

  private async expectRefusal(step: Extract<Step, { kind: "refused" }>): Promise<void> {
    this.#comparisons++;
    const wire = await this.#open(step.connection).catch(() => undefined);
    if (!wire) return;
    wire.close();
    throw new Mismatch({ step, expected: ["(no connection)"], actual: ["(a connection)"] });
  }

  #open(connection: string): Promise<Wire> {
    const to = { door: doorOf(connection), port: portOf(connection) };
    return Wire.open(this.#target, serverOf(connection, this.#case.file.topology), to);
  }

  /** Asks again and again until what is recorded comes, or the time is over. Recording, what comes last is taken. */
  private async awaitReplies(step: Extract<Step, { kind: "command" }>, withinMs: number): Promise<void> {
    let actual: Reply[] = [];
    for (let passedMs = 0; ; passedMs += lookMs) {
      actual = await this.ask(step);
      if (passedMs >= withinMs || this.areAsRecorded(step.replies, actual)) break;
      await this.#target.advance(lookMs);
    }
    this.check(step, step.replies, actual);
  }

  /** A connection that has ended, or on which no answer comes, is replaced the next time. */
  private async ask({ connection, words }: Extract<Step, { kind: "command" }>): Promise<Reply[]> {
    if (this.#wires.get(connection)?.closed === true) this.#wires.delete(connection);
    const wire = await this.wire(connection).catch(() => undefined);
    if (!wire) return [];
    wire.send(encodeCommand(this.altered(words)));
    const first = await wire.next(Math.min(lateMs, this.#target.patienceMs));
    await this.#target.settle();
    const replies = first ? [first, ...wire.takeAll()] : wire.takeAll();
    if (replies.length > 0) return replies;
    wire.close();
    this.#wires.delete(connection);
    return [];
  }

  /** Waits until as much has come as is recorded; recording anew, until the time is over. */
  private async awaitArrivals(step: Extract<Step, { kind: "gets" }>, wire: Wire, withinMs: number): Promise<void> {
    const actual: Reply[] = [];
    const wanted = this.expected(step.replies).length;
    for (let passedMs = 0; ; passedMs += lookMs) {
      await this.#target.settle();
      actual.push(...wire.takeAll(wanted > 0 ? wanted - actual.length : undefined));
      if (passedMs >= withinMs || this.areAsRecorded(step.replies, actual)) break;
      await this.#target.advance(lookMs);
    }
    if (this.#options.mode === "record" && !this.areAsRecorded(step.replies, actual)) actual.push(...wire.takeAll());
    this.check(step, step.replies, actual);
  }

  private areAsRecorded(replies: Replies, actual: readonly Reply[]): boolean {
    const expected = this.expected(replies);
    const below = this.expectedBelow(replies, expected);
    return (
      expected.length > 0 &&
      actual.length === expected.length &&
      actual.every((reply, index) => this.compare(expected[index], below?.[index], reply, () => {}))
    );
  }

  private async deliver(wire: Wire, chunks: readonly Bytes[]): Promise<void> {
    for (const [index, chunk] of chunks.entries()) {
      if (index > 0) await this.#target.settle();
      wire.send(chunk);
    }
  }

  private async receive(step: Step, wire: Wire, replies: Replies): Promise<void> {
    if (this.#options.mode === "record") {
      // The first reply is waited for: some are late (Redis 8.0 frees what FLUSHALL dropped in another thread before it
      // answers), and settling earlier could put a client of our own into the answer of CLIENT LIST.
      const first = await wire.next(lateMs);
      await this.#target.settle();
      return this.check(step, replies, first ? [first, ...wire.takeAll()] : wire.takeAll());
    }
    const actual: Reply[] = [];
    const expectations = this.expected(replies);
    // Whoever shall wait must have arrived before somebody else writes.
    if (expectations.length === 0) await this.#target.settle();
    for (const wanted of expectations) {
      const reply = await wire.next(this.#target.patienceMs);
      const came = wire.closed ? "(the connection was closed)" : "(no reply came)";
      if (!reply)
        throw new Mismatch({ step, expected: printExpected(wanted), actual: [...actual.flatMap(printExpected), came] });
      actual.push(reply);
    }
    this.check(step, replies, actual);
  }

  /** Holds what came against what is recorded, or notes it. */
  private check(step: Step, replies: Replies, actual: readonly Reply[]): void {
    const expected = this.expected(replies);
    if (this.#options.mode === "record") this.#recorded.set(replies, actual);
    const below = this.expectedBelow(replies, expected);
    const equal = actual.map((reply, index) => this.compare(expected[index], below?.[index], reply));
    this.#comparisons += actual.length;
    if (this.#options.mode === "record" || (equal.every(Boolean) && actual.length === expected.length)) return;
    throw new Mismatch({ step, expected: expected.flatMap(printExpected), actual: actual.flatMap(printExpected) });
  }

  private expected(replies: Replies): readonly Expected[] {
    return repliesIn(replies, this.setting) ?? [];
  }

  private compare(
    expected: Expected | undefined,
    below: Expected | undefined,
    actual: Reply,
    used = (matcher: MatcherName) => void this.#matchers.set(matcher, (this.#matchers.get(matcher) ?? 0) + 1),
  ): boolean {
    if (!expected) return false;
    const findings = { captured: this.#captured, used };
    if (!below) return matches(expected, actual, findings);
    return liesBetween({ below, above: expected, release: profiles[this.#target.profile].release }, actual, findings);
  }

  /** For a release that no server stands for, and unless the case says what it answers: the reply of the release below it. */
  private expectedBelow(replies: Replies, above: readonly Expected[]): readonly Expected[] | undefined {
    const { profile } = this.#target;
    if (isRecorded(profile) || blockIn(replies.blocks, this.setting)?.profiles.includes(profile) === true)
      return undefined;
    const setting = { profile: lowestProfile, protocol: this.#options.protocol };
    const below = applies(this.#case.where, setting) ? repliesIn(replies, setting) : undefined;
    return below?.length === above.length ? below : undefined;
  }

  private get setting(): Setting {
    return { profile: this.#target.profile, protocol: this.#options.protocol };
  }

  private altered(words: readonly Word[]): readonly Bytes[] {
    const standIns = this.#target.processes?.standIns ?? new Map<Bytes, Bytes>();
    const args = words.map((word) =>
      withValues(
        "bytes" in word ? word.bytes : (this.standIn(word.captured) ?? this.captured(word.captured)),
        standIns,
      ),
    );
    return this.#options.alter?.(args) ?? args;
  }

  /** Ids of servers need not be captured: they are known by name. */
  private standIn(name: string): Bytes | undefined {
    return [...(this.#target.processes?.standIns.values() ?? [])].find((standIn) => standIn === `$${name}`);
  }

  private captured(name: string): Bytes {
    const bytes = this.#captured.get(name);
    if (bytes === undefined)
      throw new Error(`${this.#case.file.path}: "${this.#case.title}" uses $${name} before ~capture ${name}`);
    return bytes;
  }

  private expectNoLeftover(step: Step, wire: Wire): void {
    this.expectLeftover(step, wire, "");
  }

  private expectLeftover(step: Step, wire: Wire, bytes: Bytes): void {
    if (this.#options.mode === "record" || wire.leftover === bytes) return wire.discard();
    const actual = [
      ...wire.takeAll().flatMap(printExpected),
      ...(wire.leftover ? [`(in part) ${escape(wire.leftover)}`] : []),
    ];
    throw new Mismatch({
      step,
      expected: [bytes ? `(in part) ${escape(bytes)}` : "(nothing more before this step ends)"],
      actual,
    });
  }

  private async expectNothingLeft(): Promise<void> {
    await this.#target.settle();
    const step = this.#case.steps.at(-1);
    if (step) for (const wire of this.#wires.values()) this.expectNoLeftover(step, wire);
  }
}
