// Lists in the RDB format: nodes of listpacks, and single large elements.
import { badDataFormat } from "../resp/errors.ts";
import type { ListNode } from "../types/list-node.ts";
import { List } from "../types/list.ts";
import { decodeListpack, encodeListpack } from "../types/listpack.ts";
import type { CodecContext } from "./codec-context.ts";
import type { RdbReader } from "./rdb-reader.ts";
import { RDB } from "./rdb-types.ts";
import type { RdbWriter } from "./rdb-writer.ts";
import { decodeZiplist } from "./ziplist.ts";

const PLAIN = 1;
const PACKED = 2;

export function writeList(writer: RdbWriter, list: List): void {
  writer.byte(RDB.listQuicklist2);
  writer.length(list.nodes.length);
  for (const { plain, elements } of list.nodes) {
    writer.length(plain ? PLAIN : PACKED);
    writer.string(plain ? elements[0]! : encodeListpack(elements));
  }
}

export function readList(reader: RdbReader, type: number, { limits }: CodecContext): List | undefined {
  switch (type) {
    case RDB.list: {
      const list = new List({ ...limits, smallLists: false });
      for (const element of reader.strings()) list.push("tail", element, limits);
      return List.ofNodes(list.nodes, limits);
    }
    case RDB.listZiplist:
      return ofNodes([readZiplist(reader)], limits);
    case RDB.listQuicklist:
      return ofNodes(
        Array.from({ length: reader.length() }, () => readZiplist(reader)),
        limits,
      );
    case RDB.listQuicklist2:
      return ofNodes(
        Array.from({ length: reader.length() }, () => readNode(reader)),
        limits,
      );
    default:
      return undefined;
  }
}

type ReadNode = Pick<ListNode, "elements" | "plain">;

/** Empty nodes are passed over; a list of nothing else is no list. */
function ofNodes(nodes: readonly ReadNode[], limits: CodecContext["limits"]): List {
  const full = nodes.filter(({ elements }) => elements.length > 0);
  if (full.length === 0) throw badDataFormat();
  return List.ofNodes(full, limits);
}

function readZiplist(reader: RdbReader): ReadNode {
  const elements = decodeZiplist(reader.pack());
  if (elements === undefined) throw badDataFormat();
  return { elements, plain: false };
}

function readNode(reader: RdbReader): ReadNode {
  const container = reader.length();
  if (container !== PLAIN && container !== PACKED) throw badDataFormat();
  if (container === PLAIN) return { elements: [reader.string()], plain: true };
  const elements = decodeListpack(reader.pack());
  if (elements === undefined) throw badDataFormat();
  return { elements, plain: false };
}
