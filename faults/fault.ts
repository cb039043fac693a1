// A fault is a value: a name, options that print and serialise, a selector, and pure hooks. Nothing happens until it is injected.
import {
  show,
  type ChunkEvent,
  type ChunkVerdict,
  type CommandEvent,
  type CommandVerdict,
  type HookEvent,
  type PointEvent,
  type Random,
  type ReplyEvent,
  type ReplyVerdict,
  type ServerEvent,
  type World,
} from "../core/index.ts";
import type { Selector } from "./selector.ts";

/** What a hook may draw on besides the event. */
export interface FaultContext {
  /** Seeded for this one injection. */
  readonly random: Random;
  readonly world: World;
}

/** What a fault does to what its selector chose; undefined lets it pass. */
export interface FaultHooks {
  readonly onChunk?: (event: ChunkEvent, context: FaultContext) => ChunkVerdict | undefined;
  readonly onCommand?: (event: CommandEvent, context: FaultContext) => CommandVerdict | undefined;
  readonly onReply?: (event: ReplyEvent, context: FaultContext) => ReplyVerdict | undefined;
  /** Milliseconds for which an application stops at a point; no selector is asked. */
  readonly onPoint?: (event: PointEvent, context: FaultContext) => number | undefined;
  /** True where a server's file cannot be written; of the selector, its server alone is asked. */
  readonly onDiskWrite?: (event: ServerEvent, context: FaultContext) => true | undefined;
  /** Milliseconds by which the end of a connection is late. */
  readonly onClose?: (event: HookEvent, context: FaultContext) => number | undefined;
}

/** Asked of chunks by faults of links, of commands and replies by faults of commands. */
export interface Meets {
  readonly chunk?: (event: ChunkEvent) => boolean;
  readonly command?: (event: CommandEvent) => boolean;
}

/** Options that survive JSON. */
export type FaultOptions = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Fault {
  /** Its name in the vocabulary: `latency`. */
  readonly name: string;
  /** As they were given, the selector's included. */
  readonly options: FaultOptions;
  readonly selector: Selector;
  readonly hooks: FaultHooks;
  /** Of what the selector means, what the fault can meet at all; `nth` and `probability` count nothing else. Default: everything. */
  readonly meets?: Meets;
  /**
   * What it does at once, when it is injected; gives how to undo it, where it can be undone, or false where things stand so that
   * nothing could be done: the fault has then not struck.
   */
  readonly act?: (context: FaultContext) => (() => void) | undefined | false;
}

/** `latency({"delayMs":5,"command":"GET"})`: what `parseFault` reads back. */
export function printFault({ name, options }: Fault): string {
  return `${name}(${JSON.stringify(options)})`;
}

/** The same fault. Throws a TypeError for what is none, as a function that was not called. */
export function requireFault(fault: Fault): Fault {
  const { name, selector, hooks }: Partial<Fault> = typeof fault === "object" && fault !== null ? fault : {};
  if (typeof name === "string" && typeof selector === "object" && typeof hooks === "object") return fault;
  throw new TypeError(`A fault is what crash() and its kin make, not ${show(fault)}.`);
}
