// The vocabulary: every fault by its name, and faults read back from text. A new fault is one line here.
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
};

const selectorKinds: Readonly<Record<(typeof selectorKeys)[number], OptionKind>> = {
  server: "string",
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
  const kinds: Readonly<Record<string, OptionKind>> = { ...entry.options, ...selectorKinds };
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
