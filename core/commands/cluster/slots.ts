// Who owns which slot, by hand: ADDSLOTS, DELSLOTS, their RANGE forms, FLUSHSLOTS, and what lies in a slot (cluster_legacy.c).
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Cluster } from "../../server/cluster/cluster.ts";
import { arg } from "../args.ts";
import { readInt64 } from "../numbers.ts";
import { adminFacts, clusterFacts, defineClusterCommand, readSlot, untold } from "./facts.ts";

/** Slots that are to be taken or given up: each once, and as they must be. */
function check(cluster: Cluster, slots: readonly number[], wanted: "free" | "owned"): void {
  const seen = new Set<number>();
  for (const slot of slots) {
    const owned = cluster.slots.owners[slot] !== undefined;
    if (wanted === "free" && owned) throw new ReplyError(`ERR Slot ${slot} is already busy`);
    if (wanted === "owned" && !owned) throw new ReplyError(`ERR Slot ${slot} is already unassigned`);
    if (seen.has(slot)) throw new ReplyError(`ERR Slot ${slot} specified multiple times`);
    seen.add(slot);
  }
}

function add(cluster: Cluster, slots: readonly number[]): void {
  check(cluster, slots, "free");
  for (const slot of slots) cluster.slots.importing.delete(slot);
  cluster.slots.assign(slots, cluster.myself);
  cluster.updateState();
}

function remove(cluster: Cluster, slots: readonly number[]): void {
  check(cluster, slots, "owned");
  cluster.slots.assign(slots, undefined);
  cluster.updateState();
}

const slotArguments = [arg.multiple(arg.lateInteger("slot"))] as const;
const rangeArguments = [
  arg.multiple(
    arg.block("range", [arg.lateInteger("start-slot"), arg.lateInteger("end-slot")], {
      name70: "start-slot_end-slot",
    }),
  ),
] as const;

function readRanges(words: readonly Bytes[]): number[] {
  const slots: number[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [from, to] = [readSlot(words[at]!), readSlot(words[at + 1]!)];
    if (from > to) throw new ReplyError(`ERR start slot number ${from} is greater than end slot number ${to}`);
    for (let slot = from; slot <= to; slot++) slots.push(slot);
  }
  return slots;
}

function rangeWords(argv: readonly Bytes[], name: Bytes): readonly Bytes[] {
  const words = argv.slice(2);
  if (words.length % 2 === 1) throw new ReplyError(`ERR wrong number of arguments for 'cluster|${name}' command`);
  return words;
}

export const addslots = defineClusterCommand({
  ...adminFacts,
  name: "ADDSLOTS",
  arity: -3,
  summary: "Takes slots that nobody owns.",
  args: slotArguments,
  ignoresArguments: true,
  run({ argv, cluster, reply }) {
    add(cluster, argv.slice(2).map(readSlot));
    reply.ok();
  },
});

export const addslotsrange = defineClusterCommand({
  ...adminFacts,
  name: "ADDSLOTSRANGE",
  since: "7.0.0",
  arity: -4,
  summary: "Takes ranges of slots that nobody owns.",
  args: rangeArguments,
  ignoresArguments: true,
  run({ argv, cluster, reply }) {
    add(cluster, readRanges(rangeWords(argv, "addslotsrange")));
    reply.ok();
  },
});

export const delslots = defineClusterCommand({
  ...adminFacts,
  name: "DELSLOTS",
  arity: -3,
  summary: "Forgets who owns slots.",
  args: slotArguments,
  ignoresArguments: true,
  run({ argv, cluster, reply }) {
    remove(cluster, argv.slice(2).map(readSlot));
    reply.ok();
  },
});

export const delslotsrange = defineClusterCommand({
  ...adminFacts,
  name: "DELSLOTSRANGE",
  since: "7.0.0",
  arity: -4,
  summary: "Forgets who owns ranges of slots.",
  args: rangeArguments,
  ignoresArguments: true,
  run({ argv, cluster, reply }) {
    remove(cluster, readRanges(rangeWords(argv, "delslotsrange")));
    reply.ok();
  },
});

export const flushslots = defineClusterCommand({
  ...adminFacts,
  name: "FLUSHSLOTS",
  arity: 2,
  summary: "Forgets what this node owns; it must hold no keys.",
  run({ cluster, reply }) {
    if (cluster.server.databases[0]!.size > 0) {
      throw new ReplyError("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.");
    }
    cluster.slots.assign(cluster.myself.slots, undefined);
    cluster.updateState();
    reply.ok();
  },
});

export const countkeysinslot = defineClusterCommand({
  ...clusterFacts,
  name: "COUNTKEYSINSLOT",
  arity: 3,
  summary: "Counts the keys of a slot here.",
  args: [arg.lateInteger("slot")],
  run({ cluster, reply }, { slot: slotText }) {
    const slot = readInt64(slotText);
    if (slot < 0 || slot >= cluster.slots.owners.length) throw new ReplyError("ERR Invalid slot");
    reply.integer(cluster.slots.keysIn(Number(slot)).length);
  },
});

export const getkeysinslot = defineClusterCommand({
  ...clusterFacts,
  ...untold,
  name: "GETKEYSINSLOT",
  arity: 4,
  summary: "Replies keys of a slot here.",
  args: [arg.lateInteger("slot"), arg.lateInteger("count")],
  run({ cluster, reply }, { slot: slotText, count: countText }) {
    const [slot, count] = [readInt64(slotText), readInt64(countText)];
    if (slot < 0 || slot >= cluster.slots.owners.length || count < 0) {
      throw new ReplyError("ERR Invalid slot or number of keys");
    }
    reply.bulks(cluster.slots.keysIn(Number(slot)).slice(0, Number(count)));
  },
});

export const keyslot = defineClusterCommand({
  ...clusterFacts,
  name: "KEYSLOT",
  arity: 3,
  summary: "Replies the slot of a key.",
  args: [arg.string("key")],
  run: ({ cluster, reply }, { key }) => reply.integer(cluster.slotOf(key)),
});
