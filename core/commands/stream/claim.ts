// Taking over what waits for other consumers: XCLAIM, XAUTOCLAIM.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64, type Int64 } from "../../kernel/integers.ts";
import { printed, ReplyError, syntaxError } from "../../resp/errors.ts";
import { increment, type Consumer, type Pending } from "../../types/stream/consumer-group.ts";
import { compareIds, LEAST_ID, nextId, printId, type StreamId } from "../../types/stream/stream-id.ts";
import type { StreamEntry } from "../../types/stream/stream-node.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readBetween } from "../numbers.ts";
import { findGroup, groupIn, seenConsumer, sendClaim, sendPosition, type FoundGroup } from "./consumers.ts";
import { replyEntries } from "./entries.ts";
import { parseId, readId, readStart } from "./ids.ts";

const facts = {
  group: "stream",
  arity: -6,
  flags: ["write", "fast"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: boolean };

/** Who claims, made when it must be: at once (7.2), or by the first entry that it gets. */
class Claimant {
  readonly #context: CommandContext;
  readonly #found: FoundGroup;
  readonly #name: Bytes;
  #consumer: Consumer | undefined;

  constructor(context: CommandContext, found: FoundGroup, name: Bytes) {
    this.#context = context;
    this.#found = found;
    this.#name = name;
    if (context.profile.can.tracksConsumers) this.get();
  }

  get(): Consumer {
    this.#consumer ??= seenConsumer(this.#context, this.#found, this.#name);
    return this.#consumer;
  }
}

/** An id, and how it was written. */
interface WrittenId {
  readonly id: StreamId;
  readonly word: Bytes;
}

/** How an entry is claimed. */
interface Claim {
  readonly deliveredAt: number;
  readonly deliveries: Int64;
}

/** The entry waits for the claimant from now on; replicas learn it. */
function give(context: CommandContext, found: FoundGroup, { id, word }: WrittenId, pending: Pending): void {
  found.group.put(id, pending);
  pending.consumer.activeAt = context.now;
  sendClaim(context, found, word, pending);
}

/** An entry that is gone waits for nobody any more; replicas learn it by a claim that finds nothing. */
function drop(context: CommandContext, found: FoundGroup, { id, word }: WrittenId, pending: Pending): void {
  sendClaim(context, found, word, pending);
  found.group.remove(id);
}

function replyClaimed(context: CommandContext, claimed: readonly StreamEntry[], justId: boolean): void {
  if (justId) context.reply.bulks(claimed.map(({ id }) => printId(id)));
  else replyEntries(context.reply, claimed);
}

export const xclaim = defineCommand({
  ...facts,
  name: "XCLAIM",
  since: "5.0.0",
  summary: "Takes over entries that wait for another consumer, by their ids.",
  complexity: "O(log N) an entry, for N entries that wait",
  keys: [key.at(1, "RW", "UPDATE")],
  args: [
    arg.key("key"),
    arg.string("group"),
    arg.string("consumer"),
    arg.string("min-idle-time"),
    arg.multiple(arg.string("id")),
    arg.optional(arg.lateInteger("ms", { token: "IDLE" })),
    arg.optional(arg.unixTime("unix-time-milliseconds", { token: "TIME" })),
    arg.optional(arg.lateInteger("count", { token: "RETRYCOUNT" })),
    arg.optional(arg.token("force", "FORCE")),
    arg.optional(arg.token("justid", "JUSTID")),
    arg.optional(arg.string("lastid", { token: "LASTID", name70: "id" })),
  ],
  run(context) {
    const { argv } = context;
    const found = findGroup(context, argv[1]!, argv[2]!);
    const minIdleMs = readMinIdle(argv[4]!, "XCLAIM");
    const ids = readIds(argv.slice(5));
    const options = readClaimOptions(context, 5 + ids.length);
    const moves = compareIds(options.lastId, found.group.lastId) > 0;
    if (moves) found.group.lastId = options.lastId;
    const claimant = new Claimant(context, found, argv[3]!);
    let sent = false;
    const claimed: StreamEntry[] = [];
    for (const written of ids) {
      const { id } = written;
      const pending = found.group.pending.get(id);
      const entry = found.stream.entry(id);
      if (entry === undefined) {
        if (pending === undefined) continue;
        drop(context, found, written, pending);
      } else {
        const claim = claimOf(context, pending, { ...options, minIdleMs });
        if (claim === undefined) continue;
        give(context, found, written, { consumer: claimant.get(), ...claim });
        claimed.push(entry);
      }
      sent = true;
    }
    if (moves && !sent) sendPosition(context, found);
    replyClaimed(context, claimed, options.justId);
  },
});

interface ClaimOptions {
  readonly deliveredAt: number;
  readonly retryCount: Int64 | undefined;
  readonly force: boolean;
  readonly justId: boolean;
  readonly lastId: StreamId;
}

/** What becomes of an entry that is there; undefined where it is not to be claimed. */
function claimOf(
  { now }: CommandContext,
  pending: Pending | undefined,
  { minIdleMs, deliveredAt, retryCount, force, justId }: ClaimOptions & { readonly minIdleMs: number },
): Claim | undefined {
  if (pending === undefined ? !force : minIdleMs > 0 && now - pending.deliveredAt < minIdleMs) return undefined;
  const before = pending?.deliveries ?? 1;
  return { deliveredAt, deliveries: retryCount ?? (justId ? before : increment(before)) };
}

function readMinIdle(word: Bytes, command: Bytes): number {
  return Math.max(0, readBetween(word, {}, `ERR Invalid min-idle-time argument for ${command}`));
}

/** The ids come first; the first word that is none begins the options. */
function readIds(words: readonly Bytes[]): WrittenId[] {
  const ids: WrittenId[] = [];
  for (const word of words) {
    const id = parseId(word);
    if (id === undefined) break;
    ids.push({ id, word });
  }
  return ids;
}

function readClaimOptions({ argv, now }: CommandContext, from: number): ClaimOptions {
  let force = false;
  let justId = false;
  let lastId = LEAST_ID;
  let deliveredAt = now;
  let retryCount: Int64 | undefined;
  for (let at = from; at < argv.length; at++) {
    const word = argv[at]!;
    const is = (option: Bytes): boolean => equalIgnoringCase(word, option);
    const value = argv[at + 1];
    if (is("FORCE")) force = true;
    else if (is("JUSTID")) justId = true;
    else if (value === undefined) throw unrecognized(word);
    else {
      if (is("IDLE")) deliveredAt = now - Number(readOption(value, "IDLE"));
      else if (is("TIME")) deliveredAt = Number(readOption(value, "TIME"));
      else if (is("RETRYCOUNT")) retryCount = readOption(value, "RETRYCOUNT");
      else if (is("LASTID")) lastId = readId(value);
      else throw unrecognized(word);
      at++;
    }
  }
  // Clocks of clients may be wrong: a time that cannot be is now.
  if (deliveredAt < 0 || deliveredAt > now) deliveredAt = now;
  if (retryCount !== undefined && retryCount < 0) retryCount = undefined;
  return { force, justId, lastId, deliveredAt, retryCount };
}

const unrecognized = (word: Bytes): ReplyError => new ReplyError(`ERR Unrecognized XCLAIM option '${printed(word)}'`);

function readOption(word: Bytes, option: Bytes): Int64 {
  const value = parseInt64(word);
  if (value === undefined) throw new ReplyError(`ERR Invalid ${option} option argument for XCLAIM`);
  return value;
}

/** For each entry that is to be claimed so many are looked at, at most. */
const ATTEMPTS_PER_ENTRY = 10;
/** Redis refuses more entries than memory could hold the ids of. */
const MOST_ENTRIES = 576460752303423487n;
const USUAL_ENTRIES = 100;

export const xautoclaim = defineCommand({
  ...facts,
  name: "XAUTOCLAIM",
  since: "6.2.0",
  summary: "Takes over entries that have waited long for another consumer, wherever they are.",
  complexity: "O(1) for a bounded count",
  keys: [key.at(1, "RW", "DELETE")],
  args: [
    arg.key("key"),
    arg.string("group"),
    arg.string("consumer"),
    arg.string("min-idle-time"),
    arg.string("start"),
    arg.optional(arg.lateInteger("count", { token: "COUNT" })),
    arg.optional(arg.token("justid", "JUSTID")),
  ],
  run(context) {
    const { argv, db, reply } = context;
    const value = db.read(argv[1]!); // before anything else: what is over goes, whatever the arguments
    const minIdleMs = readMinIdle(argv[4]!, "XAUTOCLAIM");
    const start = readStart(argv[5]!);
    const { count, justId } = readAutoOptions(argv);
    const found = groupIn(value, argv[1]!, argv[2]!);
    const claimant = new Claimant(context, found, argv[3]!);
    const { cursor, claimed, gone } = autoClaim(context, found, claimant, { minIdleMs, start, count, justId });
    reply.array(3);
    reply.bulk(printId(cursor));
    replyClaimed(context, claimed, justId);
    reply.bulks(gone.map(printId));
  },
});

interface AutoClaim {
  readonly minIdleMs: number;
  readonly start: StreamId;
  readonly count: number;
  readonly justId: boolean;
}

function autoClaim(
  context: CommandContext,
  found: FoundGroup,
  claimant: Claimant,
  { minIdleMs, start, count, justId }: AutoClaim,
): { readonly cursor: StreamId; readonly claimed: StreamEntry[]; readonly gone: StreamId[] } {
  const { now } = context;
  const waiting = found.group.pending;
  const claimed: StreamEntry[] = [];
  const gone: StreamId[] = [];
  let at = waiting.atOrAfter(start);
  for (let tried = 0; at !== undefined && tried < count * ATTEMPTS_PER_ENTRY; tried++) {
    if (claimed.length + gone.length >= count) break;
    const [id, pending] = at;
    const entry = found.stream.entry(id);
    if (entry === undefined) {
      drop(context, found, { id, word: printId(id) }, pending);
      gone.push(id);
    } else if (minIdleMs === 0 || now - pending.deliveredAt >= minIdleMs) {
      const deliveries = justId ? pending.deliveries : increment(pending.deliveries);
      const consumer = claimant.get();
      give(context, found, { id, word: printId(id) }, { consumer, deliveredAt: now, deliveries });
      claimed.push(entry);
    }
    const next = nextId(id);
    at = next && waiting.atOrAfter(next);
  }
  return { cursor: at?.[0] ?? LEAST_ID, claimed, gone };
}

function readAutoOptions(argv: readonly Bytes[]): { readonly count: number; readonly justId: boolean } {
  let count = USUAL_ENTRIES;
  let justId = false;
  for (let at = 6; at < argv.length; at++) {
    const word = argv[at]!;
    if (equalIgnoringCase(word, "COUNT") && at + 1 < argv.length) {
      count = readBetween(argv[++at]!, { min: 1, max: MOST_ENTRIES }, "ERR COUNT must be > 0");
    } else if (equalIgnoringCase(word, "JUSTID")) justId = true;
    else throw syntaxError();
  }
  return { count, justId };
}
