// What changes a vector set: VADD, VREM, VSETATTR.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, wrongArity } from "../../resp/errors.ts";
import { VectorSet } from "../../types/vector-set.ts";
import { Projection } from "../../types/vector-set/projection.ts";
import type { Quantization } from "../../types/vector-set/stored-vector.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { checkWords, dimensionMismatch, facts, readWithin, writing } from "./facts.ts";
import { vectorArg } from "./vector-args.ts";
import { project, readReduction, readVector } from "./vector-words.ts";

export const vadd = defineCommand({
  ...facts,
  name: "VADD",
  summary: "Adds an element to a vector set, or gives it another vector.",
  complexity: "O(log N) for N elements",
  flags: ["write", "denyoom", "module"],
  args: [
    arg.key("key"),
    arg.optional(arg.lateInteger("reduce", { token: "REDUCE" })),
    vectorArg,
    arg.string("element"),
    arg.optional(arg.token("cas", "CAS")),
    arg.optional(
      arg.oneOf("quantization", [arg.token("noquant", "NOQUANT"), arg.token("q8", "Q8"), arg.token("bin", "BIN")]),
    ),
    arg.optional(arg.lateInteger("build-exploration-factor", { token: "EF" })),
    arg.optional(arg.string("attributes", { token: "SETATTR" })),
    arg.optional(arg.lateInteger("numlinks", { token: "M" })),
  ],
  run(context) {
    checkWords(context, 5);
    const { argv, db, propagate, reply, server, random } = context;
    const { reduced, words } = readReduction(argv, 2);
    const given = readVector(argv, 2 + words);
    const elementAt = 2 + words + given.words;
    const element = argv[elementAt];
    if (element === undefined) throw wrongArity(context.commandName);
    const options = readAddOptions(argv, elementAt + 1);
    writing(context, (found, name) => {
      const { vector } = given;
      if (found !== undefined) checkShape(found, { ...options, reduced, dimensions: vector.length });
      if (options.cas && found !== undefined && found.get(element) === undefined) leaveToThread(context, name);
      const set = found ?? newSet({ ...options, reduced, dimensions: vector.length, uid: server.nextVectorSetUid() });
      const added = set.add({ element, vector: project(vector, set), ...options }, random);
      if (found === undefined) db.represent(name, set);
      reply.boolean(added);
      // Another vector for an element is no news to Redis 8.0: replicas keep the old one.
      if (added) propagate.verbatim();
    });
  },
});

/**
 * CAS: another thread looks for neighbours, and what is here has closed the key before it is done. All is done at once here,
 * but whoever caches the key, be it the client itself, learns of that first.
 */
function leaveToThread({ mayBlock, db, server, client }: CommandContext, name: Bytes): void {
  if (!mayBlock) return;
  db.touch(name);
  server.tracking.settle(client);
  client.pushOwn();
}

interface AddOptions {
  readonly cas: boolean;
  readonly quantization: Quantization;
  readonly effort: number;
  readonly breadth: number;
  readonly attributes: Bytes | undefined;
}

const MOST_EFFORT = 1_000_000;
const LEAST_BREADTH = 4;
const MOST_BREADTH = 4096;

function readAddOptions(argv: readonly Bytes[], from: number): AddOptions {
  let quantization: Quantization = "int8";
  let effort = 200;
  let breadth = 16;
  let attributes: Bytes | undefined;
  let cas = false;
  for (let at = from; at < argv.length; at++) {
    const is = (token: Bytes): boolean => equalIgnoringCase(argv[at]!, token);
    const hasValue = at + 1 < argv.length;
    if (is("CAS")) cas = true;
    else if (is("EF") && hasValue) effort = readWithin(argv[++at]!, { from: 1, to: MOST_EFFORT }, "EF");
    else if (is("M") && hasValue) breadth = readWithin(argv[++at]!, { from: LEAST_BREADTH, to: MOST_BREADTH }, "M");
    else if (is("SETATTR") && hasValue) attributes = argv[++at]!;
    else if (is("NOQUANT")) quantization = "f32";
    else if (is("BIN")) quantization = "bin";
    else if (is("Q8")) quantization = "int8";
    else throw new ReplyError("ERR invalid option after element");
  }
  return { cas, quantization, effort, breadth, attributes };
}

interface AskedShape extends Pick<AddOptions, "quantization" | "breadth"> {
  /** Of the vector that comes. */
  readonly dimensions: number;
  /** Those that are to be left; 0: all. */
  readonly reduced: number;
}

function newSet({ quantization, breadth, dimensions, reduced, uid }: AskedShape & { readonly uid: number }): VectorSet {
  const projection = reduced === 0 ? undefined : new Projection(dimensions, reduced);
  return new VectorSet({ uid, dimensions: reduced || dimensions, quantization, breadth, projection });
}

/** What is there must be what is asked for. */
function checkShape(set: VectorSet, { quantization, breadth, dimensions, reduced }: AskedShape): void {
  const { shape } = set;
  if (shape.quantization !== quantization) {
    throw new ReplyError("ERR asked quantization mismatch with existing vector set");
  }
  if (shape.breadth !== breadth) throw new ReplyError("ERR asked M value mismatch with existing vector set");
  const kept = shape.projection === undefined ? dimensions : reduced;
  if (shape.dimensions !== kept) throw dimensionMismatch(dimensions, set);
  if (reduced > 0 && shape.projection === undefined) {
    throw new ReplyError("ERR cannot add projection to existing set without projection");
  }
}

export const vrem = defineCommand({
  ...facts,
  name: "VREM",
  summary: "Removes an element from a vector set.",
  complexity: "O(log N) for N elements",
  flags: ["write", "module"],
  args: [arg.key("key"), arg.string("element")],
  run(context) {
    checkWords(context, 3, 3);
    const { argv, db, propagate, reply } = context;
    writing(context, (set, name) => {
      const removed = set?.delete(argv[2]!) ?? false;
      if (removed && set?.length === 0) db.remove(name);
      reply.boolean(removed);
      if (removed) propagate.verbatim();
    });
  },
});

export const vsetattr = defineCommand({
  ...facts,
  name: "VSETATTR",
  summary: "Says something of an element by a JSON text, or nothing by an empty one.",
  flags: ["write", "module", "fast"],
  args: [arg.key("key"), arg.string("element"), arg.string("json")],
  run(context) {
    checkWords(context, 4, 4);
    const [, , element = "", json = ""] = context.argv;
    writing(context, (set) => {
      const isThere = set?.setAttributes(element, json) ?? false;
      context.reply.boolean(isThere);
      if (isThere) context.propagate.verbatim();
    });
  },
});
