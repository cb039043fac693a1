// The vocabulary: every fault by its name, and faults read back from text. A new fault is one line here.
import { askStorm } from "./ask-storm.ts";
import { bandwidth } from "./bandwidth.ts";
import { blackHole } from "./black-hole.ts";
import { busyScript } from "./busy-script.ts";
import { clockDrift } from "./clock-drift.ts";
import { clockJump } from "./clock-jump.ts";
import { clockSkew } from "./clock-skew.ts";
import { clusterDown } from "./cluster-down.ts";
import { crash } from "./crash.ts";
import { demote } from "./demote.ts";
import { diskFull } from "./disk-full.ts";
import { divergentReplica } from "./divergent-replica.ts";
import { down } from "./down.ts";
import { errorReply } from "./error-reply.ts";
import { evictKeys } from "./evict-keys.ts";
import { expireKeys } from "./expire-keys.ts";
import { failover } from "./failover.ts";
import { failoverLosingWrites } from "./failover-losing-writes.ts";
import { fullResync } from "./full-resync.ts";
import { hold } from "./hold.ts";
import { latency } from "./latency.ts";
import { limitData } from "./limit-data.ts";
import { lockExpiry } from "./lock-expiry.ts";
import { maxClients } from "./max-clients.ts";
import { migrateSlot } from "./migrate-slot.ts";
import { movedStorm } from "./moved-storm.ts";
import { oom } from "./oom.ts";
import { outputOverrun } from "./output-overrun.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";
import { processPause } from "./process-pause.ts";
import { replicationLag } from "./replication-lag.ts";
import { replicationStop } from "./replication-stop.ts";
import { replyLost } from "./reply-lost.ts";
import { resetPeer } from "./reset-peer.ts";
import { restart } from "./restart.ts";
import { scriptFlush } from "./script-flush.ts";
import { slicer } from "./slicer.ts";
import { slowClose } from "./slow-close.ts";
import { slowCommand } from "./slow-command.ts";
import { splitBrain } from "./split-brain.ts";
import { staleView } from "./stale-view.ts";
import { stampede } from "./stampede.ts";
import { thunderingHerd } from "./thundering-herd.ts";
import { unassignSlot } from "./unassign-slot.ts";
import type { Fault } from "./fault.ts";
import { selectorKeys, type Selector } from "./selector.ts";

type OptionKind = "string" | "number" | "boolean" | "string or number" | "string or strings";

interface Entry {
  readonly make: (options: never) => Fault;
  /** Options of its own, besides the selector's. */
  readonly options: Readonly<Record<string, OptionKind>>;
  readonly required: readonly string[];
  /** The parts of a selector that it takes. */
  readonly selects: readonly (keyof Selector)[];
  /** Values that a string option may have. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

/** What meets commands takes every selector; what meets connections knows no commands; what acts on a server names it. */
const anyCommand = selectorKeys;
const anyLink = selectorKeys.filter((key) => key !== "command" && key !== "key");
const aServer = ["server"] as const;
const nobody = [] as const;
const direction = ["up", "down", "both"];

const vocabulary: Readonly<Record<string, Entry>> = {
  latency: {
    make: latency,
    options: { delayMs: "number", jitterMs: "number", direction: "string" },
    required: ["delayMs"],
    selects: anyCommand,
    choices: { direction },
  },
  resetPeer: {
    make: resetPeer,
    options: { when: "string", afterBytes: "number" },
    required: [],
    selects: anyCommand,
    choices: { when: ["before", "reply"] },
  },
  errorReply: {
    make: errorReply,
    options: { error: "string", ran: "boolean" },
    required: ["error"],
    selects: anyCommand,
  },
  replyLost: {
    make: replyLost,
    options: { then: "string" },
    required: [],
    selects: anyCommand,
    choices: { then: ["reset", "silence"] },
  },
  blackHole: {
    make: blackHole,
    options: { direction: "string", closeAfterMs: "number" },
    required: [],
    selects: anyLink,
    choices: { direction },
  },
  slicer: {
    make: slicer,
    options: { sizeBytes: "number", delayMs: "number", direction: "string" },
    required: ["sizeBytes"],
    selects: anyLink,
    choices: { direction },
  },
  bandwidth: {
    make: bandwidth,
    options: { bytesPerSecond: "number", direction: "string" },
    required: ["bytesPerSecond"],
    selects: anyLink,
    choices: { direction },
  },
  limitData: {
    make: limitData,
    options: { sizeBytes: "number", direction: "string" },
    required: ["sizeBytes"],
    selects: anyLink,
    choices: { direction: ["up", "down"] },
  },
  slowClose: { make: slowClose, options: { delayMs: "number" }, required: ["delayMs"], selects: anyLink },
  down: { make: down, options: {}, required: [], selects: aServer },
  partition: {
    make: partition,
    options: { from: "string or strings", to: "string or strings", oneWay: "boolean" },
    required: ["from", "to"],
    selects: nobody,
  },
  hold: { make: hold, options: { direction: "string" }, required: [], selects: aServer, choices: { direction } },
  thunderingHerd: { make: thunderingHerd, options: {}, required: [], selects: aServer },
  crash: { make: crash, options: { keepsData: "boolean" }, required: [], selects: aServer },
  restart: { make: restart, options: { keepsData: "boolean", loadingMs: "number" }, required: [], selects: aServer },
  pause: { make: pause, options: { forMs: "number" }, required: [], selects: aServer },
  clockJump: { make: clockJump, options: { byMs: "number" }, required: ["byMs"], selects: aServer },
  clockDrift: { make: clockDrift, options: { rate: "number" }, required: ["rate"], selects: aServer },
  clockSkew: { make: clockSkew, options: { byMs: "number" }, required: ["byMs"], selects: nobody },
  demote: { make: demote, options: { of: "string" }, required: [], selects: aServer },
  evictKeys: { make: evictKeys, options: { keys: "string", db: "number" }, required: ["keys"], selects: aServer },
  expireKeys: { make: expireKeys, options: { keys: "string", db: "number" }, required: ["keys"], selects: aServer },
  oom: { make: oom, options: {}, required: [], selects: anyCommand },
  diskFull: { make: diskFull, options: {}, required: [], selects: anyCommand },
  maxClients: { make: maxClients, options: { limit: "number" }, required: ["limit"], selects: aServer },
  outputOverrun: {
    make: outputOverrun,
    options: { of: "string", limitBytes: "number" },
    required: [],
    selects: aServer,
    choices: { of: ["pubsub", "replica", "normal"] },
  },
  slowCommand: { make: slowCommand, options: { durationMs: "number" }, required: ["durationMs"], selects: anyCommand },
  busyScript: { make: busyScript, options: { forMs: "number", wrote: "boolean" }, required: [], selects: aServer },
  scriptFlush: { make: scriptFlush, options: {}, required: [], selects: aServer },
  replicationLag: {
    make: replicationLag,
    options: { replica: "string", delayMs: "number", jitterMs: "number" },
    required: ["replica", "delayMs"],
    selects: nobody,
  },
  replicationStop: { make: replicationStop, options: { replica: "string" }, required: ["replica"], selects: nobody },
  fullResync: { make: fullResync, options: { replica: "string" }, required: ["replica"], selects: nobody },
  divergentReplica: {
    make: divergentReplica,
    options: { replica: "string", keys: "string", db: "number" },
    required: ["replica", "keys"],
    selects: nobody,
  },
  failover: { make: failover, options: { to: "string" }, required: [], selects: nobody },
  failoverLosingWrites: {
    make: failoverLosingWrites,
    options: { writes: "number", primary: "string", to: "string" },
    required: ["writes"],
    selects: nobody,
  },
  splitBrain: { make: splitBrain, options: { primary: "string" }, required: [], selects: nobody },
  migrateSlot: {
    make: migrateSlot,
    options: { slot: "number", to: "string", stepMs: "number", steps: "number" },
    required: ["slot"],
    selects: nobody,
  },
  movedStorm: {
    make: movedStorm,
    options: { slots: "number", overMs: "number" },
    required: ["slots"],
    selects: nobody,
  },
  askStorm: { make: askStorm, options: { slots: "number" }, required: ["slots"], selects: nobody },
  unassignSlot: { make: unassignSlot, options: { slot: "number" }, required: ["slot"], selects: nobody },
  staleView: { make: staleView, options: {}, required: [], selects: aServer },
  clusterDown: { make: clusterDown, options: {}, required: [], selects: nobody },
  stampede: { make: stampede, options: { windowMs: "number" }, required: ["key"], selects: ["server", "key"] },
  lockExpiry: {
    make: lockExpiry,
    options: { afterMs: "number" },
    required: ["key"],
    selects: ["server", "client", "key", "nth", "probability"],
  },
  processPause: {
    make: processPause,
    options: { point: "string", forMs: "number" },
    required: ["point", "forMs"],
    selects: ["nth"],
  },
};

const selectorKinds: Readonly<Record<keyof Selector, OptionKind>> = {
  server: "string",
  from: "string",
  client: "string or number",
  command: "string or strings",
  key: "string",
  nth: "number",
  probability: "number",
};

/** The names of all faults. */
export const faultNames: readonly string[] = Object.keys(vocabulary);

/** The parts of a selector that a fault takes. */
export function selectorPartsOf(name: string): readonly (keyof Selector)[] {
  return vocabulary[name]?.selects ?? [];
}

/** Makes a fault from its name and options that come from outside. Throws a TypeError that says what does not fit. */
export function faultFrom(name: string, options: Readonly<Record<string, unknown>> = {}): Fault {
  const entry = Object.hasOwn(vocabulary, name) ? vocabulary[name] : undefined;
  if (entry === undefined) throw new TypeError(`no fault is called '${name}'; there are ${faultNames.join(", ")}`);
  const kinds: Readonly<Record<string, OptionKind>> = {
    ...entry.options,
    ...Object.fromEntries(entry.selects.map((part) => [part, selectorKinds[part]])),
  };
  for (const [key, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined)
      throw new TypeError(`${name} has no option '${key}'; it has ${Object.keys(kinds).join(", ")}`);
    if (!isOfKind(value, kind)) throw new TypeError(`${name}: ${key} is a ${kind}, not ${JSON.stringify(value)}`);
    const choices = entry.choices?.[key];
    if (choices && !choices.includes(String(value)))
      throw new TypeError(`${name}: ${key} is one of ${choices.join(", ")}`);
  }
  const missing = entry.required.find((key) => options[key] === undefined);
  if (missing !== undefined) throw new TypeError(`${name} needs ${missing}`);
  return entry.make(options as never);
}

/** Reads what `printFault` wrote: `latency({"delayMs":5})`. */
export function parseFault(text: string): Fault {
  const [, name, json] = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(text) ?? [];
  if (name === undefined) throw new TypeError(`not a fault: ${text}; write it as latency({"delayMs":5})`);
  let options: unknown;
  try {
    options = json?.trim() ? JSON.parse(json) : {};
  } catch {
    throw new TypeError(`the options of ${name} are not JSON: ${json}`);
  }
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`the options of ${name} are a JSON object`);
  }
  return faultFrom(name, { ...options });
}

function isOfKind(value: unknown, kind: OptionKind): boolean {
  switch (kind) {
    case "string or number":
      return typeof value === "string" || typeof value === "number";
    case "string or strings":
      return typeof value === "string" || (Array.isArray(value) && value.every((each) => typeof each === "string"));
    default:
      return typeof value === kind;
  }
}
