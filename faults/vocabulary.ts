// The vocabulary: every fault by its name, and faults read back from text. A new fault is one line here.
import { bandwidth } from "./bandwidth.ts";
import { blackHole } from "./black-hole.ts";
import { clockDrift } from "./clock-drift.ts";
import { clockJump } from "./clock-jump.ts";
import { clockSkew } from "./clock-skew.ts";
import { crash } from "./crash.ts";
import { demote } from "./demote.ts";
import { diskFull } from "./disk-full.ts";
import { down } from "./down.ts";
import { evictKeys } from "./evict-keys.ts";
import { expireKeys } from "./expire-keys.ts";
import { failover } from "./failover.ts";
import { failoverLosingWrites } from "./failover-losing-writes.ts";
import { fullResync } from "./full-resync.ts";
import { hold } from "./hold.ts";
import { limitData } from "./limit-data.ts";
import { lockExpiry } from "./lock-expiry.ts";
import { maxClients } from "./max-clients.ts";
import { oom } from "./oom.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";
import { processPause } from "./process-pause.ts";
import { replicationLag } from "./replication-lag.ts";
import { replicationStop } from "./replication-stop.ts";
import { restart } from "./restart.ts";
import { slicer } from "./slicer.ts";
import { slowClose } from "./slow-close.ts";
import { slowCommand } from "./slow-command.ts";
import { splitBrain } from "./split-brain.ts";
import { stampede } from "./stampede.ts";
import { errorReply } from "./error-reply.ts";
import type { Fault } from "./fault.ts";
import { latency } from "./latency.ts";
import { replyLost } from "./reply-lost.ts";
import { resetPeer } from "./reset-peer.ts";
import type { selectorKeys } from "./selector.ts";

type OptionKind = "string" | "number" | "boolean" | "string or number" | "string or strings";

interface Entry {
  readonly make: (options: never) => Fault;
  /** Options of its own, besides the selector's. */
  readonly options: Readonly<Record<string, OptionKind>>;
  readonly required: readonly string[];
  /** Values that a string option may have. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

const vocabulary: Readonly<Record<string, Entry>> = {
  latency: {
    make: latency,
    options: { delayMs: "number", jitterMs: "number", direction: "string" },
    required: ["delayMs"],
    choices: { direction: ["up", "down", "both"] },
  },
  resetPeer: {
    make: resetPeer,
    options: { when: "string", afterBytes: "number" },
    required: [],
    choices: { when: ["before", "reply"] },
  },
  errorReply: { make: errorReply, options: { error: "string", ran: "boolean" }, required: ["error"] },
  replyLost: { make: replyLost, options: { then: "string" }, required: [], choices: { then: ["reset", "silence"] } },
  blackHole: {
    make: blackHole,
    options: { direction: "string" },
    required: [],
    choices: { direction: ["up", "down", "both"] },
  },
  slicer: {
    make: slicer,
    options: { sizeBytes: "number", delayMs: "number", direction: "string" },
    required: ["sizeBytes"],
    choices: { direction: ["up", "down", "both"] },
  },
  bandwidth: {
    make: bandwidth,
    options: { bytesPerSecond: "number", direction: "string" },
    required: ["bytesPerSecond"],
    choices: { direction: ["up", "down", "both"] },
  },
  limitData: {
    make: limitData,
    options: { sizeBytes: "number", direction: "string" },
    required: ["sizeBytes"],
    choices: { direction: ["up", "down"] },
  },
  slowClose: { make: slowClose, options: { delayMs: "number" }, required: ["delayMs"] },
  down: { make: down, options: {}, required: [] },
  partition: {
    make: partition,
    options: { from: "string or strings", to: "string or strings", oneWay: "boolean" },
    required: ["from", "to"],
  },
  hold: { make: hold, options: { direction: "string" }, required: [], choices: { direction: ["up", "down", "both"] } },
  crash: { make: crash, options: { keepsData: "boolean" }, required: [] },
  restart: { make: restart, options: { keepsData: "boolean", loadingMs: "number" }, required: [] },
  pause: { make: pause, options: { forMs: "number" }, required: [] },
  clockJump: { make: clockJump, options: { byMs: "number" }, required: ["byMs"] },
  clockDrift: { make: clockDrift, options: { rate: "number" }, required: ["rate"] },
  clockSkew: { make: clockSkew, options: { byMs: "number" }, required: ["byMs"] },
  demote: { make: demote, options: { of: "string" }, required: [] },
  evictKeys: { make: evictKeys, options: { keys: "string", db: "number" }, required: ["keys"] },
  expireKeys: { make: expireKeys, options: { keys: "string", db: "number" }, required: ["keys"] },
  oom: { make: oom, options: {}, required: [] },
  diskFull: { make: diskFull, options: {}, required: [] },
  maxClients: { make: maxClients, options: { limit: "number" }, required: ["limit"] },
  slowCommand: { make: slowCommand, options: { durationMs: "number" }, required: ["durationMs"] },
  replicationLag: {
    make: replicationLag,
    options: { replica: "string", delayMs: "number", jitterMs: "number" },
    required: ["replica", "delayMs"],
  },
  replicationStop: { make: replicationStop, options: { replica: "string" }, required: ["replica"] },
  fullResync: { make: fullResync, options: { replica: "string" }, required: ["replica"] },
  failover: { make: failover, options: { to: "string" }, required: [] },
  failoverLosingWrites: {
    make: failoverLosingWrites,
    options: { writes: "number", primary: "string", to: "string" },
    required: ["writes"],
  },
  splitBrain: { make: splitBrain, options: { primary: "string" }, required: [] },
  stampede: { make: stampede, options: { windowMs: "number" }, required: ["key"] },
  lockExpiry: { make: lockExpiry, options: { afterMs: "number" }, required: ["key"] },
  processPause: { make: processPause, options: { point: "string", forMs: "number" }, required: ["point", "forMs"] },
};

const selectorKinds: Readonly<Record<(typeof selectorKeys)[number], OptionKind>> = {
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

/** Makes a fault from its name and options that come from outside. Throws a TypeError that says what does not fit. */
export function faultFrom(name: string, options: Readonly<Record<string, unknown>> = {}): Fault {
  const entry = Object.hasOwn(vocabulary, name) ? vocabulary[name] : undefined;
  if (entry === undefined) throw new TypeError(`no fault is called '${name}'; there are ${faultNames.join(", ")}`);
  const kinds: Readonly<Record<string, OptionKind>> = {
    ...entry.options,
    ...selectorKinds,
    ...entry.options,
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
