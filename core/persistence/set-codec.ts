// Sets in the RDB format: an intset, a listpack, or the members.
import type { Int64 } from "../kernel/integers.ts";
import { badDataFormat } from "../resp/errors.ts";
import type { EncodingLimits } from "../types/encoding-limits.ts";
import { encodeListpack, littleEndian, readLittleEndian } from "../types/listpack.ts";
import { MemberSet, type IntegerWidth } from "../types/set.ts";
import type { CodecContext } from "./codec-context.ts";
import type { RdbReader } from "./rdb-reader.ts";
import { RDB } from "./rdb-types.ts";
import type { RdbWriter } from "./rdb-writer.ts";

const HEADER_BYTES = 8;

export function writeSet(writer: RdbWriter, set: MemberSet): void {
  switch (set.encoding) {
    case "intset": {
      const { integers, integerWidth: width } = set;
      writer.byte(RDB.setIntset);
      const header = littleEndian(width, 4) + littleEndian(integers.length, 4);
      writer.string(header + integers.map((integer) => littleEndian(integer, width)).join(""));
      return;
    }
    case "listpack":
      writer.byte(RDB.setListpack);
      writer.string(encodeListpack(set.members()));
      return;
    case "hashtable":
      writer.byte(RDB.set);
      writer.length(set.length);
      for (const member of set.members()) writer.string(member);
  }
}

export function readSet(reader: RdbReader, type: number, { limits }: CodecContext): MemberSet | undefined {
  switch (type) {
    case RDB.set: {
      const members = reader.strings();
      const set = MemberSet.encoded(members.length > limits.intsetEntries ? "hashtable" : "intset");
      for (const member of members) if (!set.add(member, limits)) throw badDataFormat();
      return set;
    }
    case RDB.setIntset:
      return readIntset(reader, limits);
    case RDB.setListpack: {
      const members = reader.listpack();
      if (new Set(members).size !== members.length) throw badDataFormat();
      return MemberSet.ofRow(members, limits);
    }
    default:
      return undefined;
  }
}

function readIntset(reader: RdbReader, limits: EncodingLimits): MemberSet {
  const bytes = reader.pack();
  if (bytes.length < HEADER_BYTES) throw badDataFormat();
  const width = readWidth(Number(readLittleEndian(bytes, 0, 4)));
  const length = Number(readLittleEndian(bytes, 4, 4)) >>> 0;
  if (length === 0 || bytes.length !== HEADER_BYTES + length * width) throw badDataFormat();
  const integers: Int64[] = [];
  for (let i = 0; i < length; i++) {
    const integer = readLittleEndian(bytes, HEADER_BYTES + i * width, width);
    if (i > 0 && !(integers[i - 1]! < integer)) throw badDataFormat();
    integers.push(integer);
  }
  return MemberSet.ofIntegers(integers, width, limits);
}

function readWidth(width: number): IntegerWidth {
  if (width === 2 || width === 4 || width === 8) return width;
  throw badDataFormat();
}
