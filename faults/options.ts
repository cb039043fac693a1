// What each fault takes: its options and their kinds, and the parts of a selector. Whoever misspells one is told so.
import { requireChoice, requireKnown, show } from "../core/index.ts";
import { selectorKeys, type Selector } from "./selector.ts";

/** A name is that of a server or Sentinel of the deployment. */
type OptionKind = "string" | "number" | "boolean" | "name" | "string or number" | "string or strings";

interface Takes {
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

const takes = {
  latency: {
    options: { delayMs: "number", jitterMs: "number", direction: "string" },
    required: ["delayMs"],
    selects: anyCommand,
    choices: { direction },
  },
  resetPeer: {
    options: { when: "string", afterBytes: "number" },
    required: [],
    selects: anyCommand,
    choices: { when: ["before", "reply"] },
  },
  errorReply: {
    options: { error: "string", ran: "boolean" },
    required: ["error"],
    selects: anyCommand,
  },
  replyLost: {
    options: { then: "string" },
    required: [],
    selects: anyCommand,
    choices: { then: ["reset", "silence"] },
  },
  blackHole: {
    options: { direction: "string", closeAfterMs: "number" },
    required: [],
    selects: anyLink,
    choices: { direction },
  },
  slicer: {
    options: { sizeBytes: "number", delayMs: "number", direction: "string" },
    required: ["sizeBytes"],
    selects: anyLink,
    choices: { direction },
  },
  bandwidth: {
    options: { bytesPerSecond: "number", direction: "string" },
    required: ["bytesPerSecond"],
    selects: anyLink,
    choices: { direction },
  },
  limitData: {
    options: { sizeBytes: "number", direction: "string" },
    required: ["sizeBytes"],
    selects: anyLink,
    choices: { direction: ["up", "down"] },
  },
  slowClose: { options: { delayMs: "number" }, required: ["delayMs"], selects: anyLink },
  down: { options: {}, required: [], selects: aServer },
  partition: {
    options: { from: "string or strings", to: "string or strings", oneWay: "boolean" },
    required: ["from", "to"],
    selects: nobody,
  },
  hold: { options: { direction: "string" }, required: [], selects: aServer, choices: { direction } },
  thunderingHerd: { options: {}, required: [], selects: aServer },
  crash: { options: { keepsData: "boolean", power: "boolean" }, required: [], selects: aServer },
  restart: {
    options: { keepsData: "boolean", power: "boolean", loadingMs: "number" },
    required: [],
    selects: aServer,
  },
  shutdown: {
    options: { signal: "string", keepsData: "boolean" },
    required: [],
    selects: aServer,
    choices: { signal: ["SIGTERM", "SIGINT"] },
  },
  pause: { options: { forMs: "number" }, required: [], selects: aServer },
  clockJump: { options: { byMs: "number" }, required: ["byMs"], selects: aServer },
  clockDrift: { options: { rate: "number" }, required: ["rate"], selects: aServer },
  clockSkew: { options: { byMs: "number" }, required: ["byMs"], selects: nobody },
  demote: { options: { of: "name" }, required: [], selects: aServer },
  evictKeys: { options: { keys: "string", db: "number" }, required: ["keys"], selects: aServer },
  expireKeys: { options: { keys: "string", db: "number" }, required: ["keys"], selects: aServer },
  oom: { options: {}, required: [], selects: anyCommand },
  diskFull: { options: {}, required: [], selects: anyCommand },
  maxClients: { options: { limit: "number" }, required: ["limit"], selects: aServer },
  outputOverrun: {
    options: { of: "string", limitBytes: "number" },
    required: [],
    selects: aServer,
    choices: { of: ["pubsub", "replica", "normal"] },
  },
  slowCommand: { options: { durationMs: "number" }, required: ["durationMs"], selects: anyCommand },
  busyScript: { options: { forMs: "number", wrote: "boolean" }, required: [], selects: aServer },
  scriptFlush: { options: {}, required: [], selects: aServer },
  replicationLag: {
    options: { replica: "name", delayMs: "number", jitterMs: "number" },
    required: ["replica", "delayMs"],
    selects: nobody,
  },
  replicationStop: { options: { replica: "name" }, required: ["replica"], selects: nobody },
  fullResync: { options: { replica: "name" }, required: ["replica"], selects: nobody },
  divergentReplica: {
    options: { replica: "name", keys: "string", db: "number" },
    required: ["replica", "keys"],
    selects: nobody,
  },
  failover: { options: { to: "name" }, required: [], selects: nobody },
  failoverLosingWrites: {
    options: { writes: "number", primary: "name", to: "name" },
    required: ["writes"],
    selects: nobody,
  },
  splitBrain: { options: { primary: "name" }, required: [], selects: nobody },
  migrateSlot: {
    options: { slot: "number", to: "name", stepMs: "number", steps: "number" },
    required: ["slot"],
    selects: nobody,
  },
  movedStorm: {
    options: { slots: "number", overMs: "number" },
    required: ["slots"],
    selects: nobody,
  },
  askStorm: { options: { slots: "number" }, required: ["slots"], selects: nobody },
  unassignSlot: { options: { slot: "number" }, required: ["slot"], selects: nobody },
  staleView: { options: {}, required: [], selects: aServer },
  clusterDown: { options: {}, required: [], selects: nobody },
  stampede: { options: { windowMs: "number" }, required: ["key"], selects: ["server", "key"] },
  lockExpiry: {
    options: { afterMs: "number" },
    required: ["key"],
    selects: ["server", "client", "key", "nth", "probability"],
  },
  processPause: {
    options: { point: "string", forMs: "number" },
    required: ["point", "forMs"],
    selects: ["nth"],
  },
} satisfies Readonly<Record<string, Takes>>;

/** The name of a fault in the vocabulary. */
export type FaultName = keyof typeof takes;

/** The names of all faults. */
export const faultNames = Object.keys(takes).filter(isFaultName);

/** Whether a name is that of a fault. */
export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(takes, name);
}

const selectorKinds: Readonly<Record<keyof Selector, OptionKind>> = {
  server: "name",
  from: "name",
  client: "string or number",
  command: "string or strings",
  key: "string",
  nth: "number",
  probability: "number",
};

/** The parts of a selector that a fault takes. */
export function selectorPartsOf(name: FaultName): readonly (keyof Selector)[] {
  return takes[name].selects;
}

/** Throws a TypeError that says what does not fit; an option that is undefined was not given. */
export function checkOptions(name: FaultName, options: unknown = {}): void {
  const { required, choices = {} }: Takes = takes[name];
  const given = checkKinds(name, options, kindsOf(name));
  for (const [key, values] of Object.entries(choices)) requireChoice(`${name}: ${key}`, given.get(key), values);
  const missing = required.find((key) => !given.has(key));
  if (missing !== undefined) throw new TypeError(`${name} needs ${missing}`);
}

/** The same for a selector that stands alone. */
export function checkSelector(name: string, selector: unknown): void {
  checkKinds(name, selector, selectorKinds);
}

/** The servers that a fault or a selector names. */
export function namesIn(options: Readonly<Record<string, unknown>>, name?: string): readonly string[] {
  const kinds = name !== undefined && isFaultName(name) ? kindsOf(name) : selectorKinds;
  return Object.entries(options).flatMap(([key, value]) =>
    kindOf(kinds, key) === "name" && typeof value === "string" ? [value] : [],
  );
}

type Kinds = Readonly<Record<string, OptionKind>>;

function kindsOf(name: FaultName): Kinds {
  const { options, selects }: Takes = takes[name];
  return { ...options, ...Object.fromEntries(selects.map((part) => [part, selectorKinds[part]])) };
}

function kindOf(kinds: Kinds, key: string): OptionKind | undefined {
  return Object.hasOwn(kinds, key) ? kinds[key] : undefined;
}

/** The options that were given. */
function checkKinds(name: string, options: unknown, kinds: Kinds): ReadonlyMap<string, unknown> {
  requireKnown(name, options, Object.keys(kinds));
  const given = new Map(Object.entries(options).filter(([, value]) => value !== undefined));
  for (const [key, value] of given) {
    const kind = kinds[key]!;
    if (!isOfKind(value, kind)) throw new TypeError(`${name}: ${key} is a ${kind}, not ${show(value)}`);
  }
  return given;
}

function isOfKind(value: unknown, kind: OptionKind): boolean {
  switch (kind) {
    case "name":
      return typeof value === "string";
    case "string or number":
      return typeof value === "string" || typeof value === "number";
    case "string or strings":
      return typeof value === "string" || (Array.isArray(value) && value.every((each) => typeof each === "string"));
    default:
      return typeof value === kind;
  }
}
