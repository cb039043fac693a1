// What is known of a vector set and its elements: VCARD, VDIM, VEMB, VGETATTR, VINFO, VISMEMBER, VLINKS, VRANDMEMBER.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { fitInt64, parseInt64, type Int64 } from "../../kernel/integers.ts";
import { ReplyError, wrongArity } from "../../resp/errors.ts";
import type { GraphNode } from "../../types/vector-set/graph-node.ts";
import { components, vectorBytes } from "../../types/vector-set/stored-vector.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { checkWords, facts, readElement, readSet } from "./facts.ts";

const { fround } = Math;

export const vcard = defineCommand({
  ...facts,
  name: "VCARD",
  summary: "Counts the elements of a vector set.",
  args: [arg.key("key")],
  run(context) {
    checkWords(context, 2, 2);
    context.reply.integer(readSet(context)?.length ?? 0);
  },
});

export const vdim = defineCommand({
  ...facts,
  name: "VDIM",
  summary: "Replies how many components the vectors of a set have.",
  args: [arg.key("key")],
  run(context) {
    checkWords(context, 2, 2);
    const set = readSet(context);
    if (set === undefined) throw new ReplyError("ERR key does not exist");
    context.reply.integer(set.shape.dimensions);
  },
});

export const vemb = defineCommand({
  ...facts,
  name: "VEMB",
  summary: "Replies the vector of an element, or as it is kept.",
  args: [arg.key("key"), arg.string("element"), arg.optional(arg.token("raw", "RAW"))],
  run(context) {
    checkWords(context, 3);
    const { argv, reply } = context;
    const options = argv.slice(3);
    if (!options.every((word) => equalIgnoringCase(word, "RAW"))) throw new ReplyError("ERR invalid option");
    const found = readElement(context);
    if (found === undefined) reply.null();
    else if (options.length > 0) replyRaw(context, found.node);
    else {
      const vector = components(found.node.vector);
      reply.array(vector.length);
      for (const component of vector) reply.double(component);
    }
  },
});

function replyRaw({ reply }: CommandContext, { vector }: GraphNode): void {
  const scaled = vector.quantization === "int8";
  reply.array(scaled ? 4 : 3);
  reply.simple(vector.quantization);
  reply.bulk(vectorBytes(vector));
  reply.double(vector.norm);
  if (scaled) reply.double(vector.range);
}

export const vgetattr = defineCommand({
  ...facts,
  name: "VGETATTR",
  summary: "Replies what a JSON text says of an element.",
  args: [arg.key("key"), arg.string("element")],
  run(context) {
    checkWords(context, 3, 3);
    context.reply.bulkOrNull(readElement(context)?.node.attributes);
  },
});

export const vinfo = defineCommand({
  ...facts,
  name: "VINFO",
  summary: "Replies what a vector set and its graph are like.",
  args: [arg.key("key")],
  run(context) {
    checkWords(context, 2, 2);
    const { reply } = context;
    const set = readSet(context);
    if (set === undefined) {
      reply.nullArray();
      return;
    }
    const { shape, length, topLevel, attributed, lastId } = set;
    const figures: readonly (readonly [Bytes, Int64])[] = [
      ["hnsw-m", shape.breadth],
      ["vector-dim", shape.dimensions],
      ["projection-input-dim", shape.projection?.inputDimensions ?? 0],
      ["size", length],
      ["max-level", topLevel],
      ["attributes-count", attributed],
      ["vset-uid", shape.uid],
      ["hnsw-max-node-uid", fitInt64(BigInt.asIntN(64, BigInt(lastId)))!],
    ];
    reply.map(1 + figures.length);
    reply.simple("quant-type");
    reply.simple(shape.quantization);
    for (const [name, figure] of figures) {
      reply.simple(name);
      reply.integer(figure);
    }
  },
});

export const vismember = defineCommand({
  ...facts,
  name: "VISMEMBER",
  summary: "Says whether an element is in a vector set.",
  flags: ["readonly", "module"],
  args: [arg.key("key"), arg.string("element")],
  run(context) {
    checkWords(context, 3, 3);
    context.reply.boolean(readElement(context) !== undefined);
  },
});

export const vlinks = defineCommand({
  ...facts,
  name: "VLINKS",
  summary: "Replies the neighbours of an element in the graph, level by level, the highest first.",
  args: [arg.key("key"), arg.string("element"), arg.optional(arg.token("withscores", "WITHSCORES"))],
  run(context) {
    checkWords(context, 3, 4);
    const { argv, reply } = context;
    const withScores = argv.length === 4;
    if (withScores && !equalIgnoringCase(argv[3]!, "WITHSCORES")) throw wrongArity(context.commandName);
    const found = readElement(context);
    if (found === undefined) {
      reply.null();
      return;
    }
    const { node } = found;
    reply.array(node.layers.length);
    for (const { links } of node.layers.toReversed()) {
      if (withScores) reply.map(links.length);
      else reply.array(links.length);
      for (const neighbour of links) {
        reply.bulk(neighbour.element);
        if (withScores) reply.double(fround(1 - node.distanceTo(neighbour) / 2));
      }
    }
  },
});

export const vrandmember = defineCommand({
  ...facts,
  name: "VRANDMEMBER",
  summary: "Replies elements drawn at random: different ones, or with a negative count each by itself.",
  complexity: "O(N) for N elements drawn",
  flags: ["readonly", "module"],
  args: [arg.key("key"), arg.optional(arg.lateInteger("count"))],
  run(context) {
    checkWords(context, 2, 3);
    const { argv, reply, random } = context;
    const word = argv[2];
    const count = word === undefined ? undefined : readCount(word);
    const set = count === 0 ? undefined : readSet(context);
    if (count === undefined) reply.bulkOrNull(set?.random(random));
    else if (set === undefined || set.length === 0) reply.array(0);
    else if (count > 0) reply.bulks(set.sample(count, random));
    else {
      reply.array(-count);
      for (let left = -count; left > 0 && !reply.overflowing; left--) reply.bulk(set.random(random)!);
    }
  },
});

function readCount(word: Bytes): number {
  const count = parseInt64(word);
  if (count === undefined) throw new ReplyError("ERR COUNT value is not an integer");
  return Number(count);
}
