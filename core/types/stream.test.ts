// What no reply shows of a stream: the listpacks of its nodes, the order of its maps, and that a million entries are no burden.
import { expect, test } from "vitest";
import { Random } from "../kernel/random.ts";
import { listpackBytes } from "./listpack.ts";
import { Stream, type NodeLimits } from "./stream.ts";
import { IdMap } from "./stream/id-map.ts";
import { compareIds, printId, type StreamId } from "./stream/stream-id.ts";
import { StreamNode } from "./stream/stream-node.ts";

const limits: NodeLimits = { streamNodeBytes: 4096, streamNodeEntries: 100 };

function mixedStream(): Stream {
  const stream = new Stream();
  stream.append({ ms: 5, seq: 3 }, ["a", "b"], ["1", "x"], limits);
  stream.append({ ms: 5, seq: 9 }, ["a", "b"], ["-70000", ""], limits);
  stream.append({ ms: 2n ** 60n, seq: 0 }, ["c"], ["y".repeat(100)], limits);
  stream.append({ ms: 2n ** 60n, seq: 2n ** 64n - 1n }, ["a", "b"], ["2", "z"], limits);
  stream.delete([{ ms: 5, seq: 9 }]);
  return stream;
}

test("a node's listpack holds its counts and fields, then its entries relative to the first", () => {
  const [node] = mixedStream().nodes();
  const rows = [
    ["3", "1", "2", "a", "b", "0"],
    ["2", "0", "0", "1", "x", "5"],
    ["3", "0", "6", "-70000", "", "5"],
    ["0", String(2n ** 60n - 5n), "-3", "1", "c", "y".repeat(100), "6"],
    ["2", String(2n ** 60n - 5n), "-4", "2", "z", "5"],
  ];
  expect(node!.listpack()).toEqual(rows.flat());
  expect(node!.sizeBytes).toBe(listpackBytes(node!.listpack()));
});

test("a node comes back from its listpack, and not from a listpack that is none", () => {
  const [node] = mixedStream().nodes();
  const again = StreamNode.ofListpack(node!.masterId, node!.listpack());
  expect(again?.listpack()).toEqual(node!.listpack());
  expect(Array.from({ length: 5 }, (_, i) => again?.at(i))).toEqual(Array.from({ length: 5 }, (_, i) => node!.at(i)));
  expect(StreamNode.ofListpack(node!.masterId, node!.listpack().slice(0, -1))).toBeUndefined();
  expect(StreamNode.ofListpack(node!.masterId, node!.listpack().with(0, "4"))).toBeUndefined();
  expect(StreamNode.ofListpack(node!.masterId, node!.listpack().with(7, "?"))).toBeUndefined();
});

test("a map of ids keeps their order, whatever comes and goes", () => {
  const random = new Random(7);
  const map = new IdMap<number>();
  const model = new Map<string, StreamId>();
  let disagreed = 0;
  for (let step = 0; step < 20_000; step++) {
    const id = { ms: random.int(0, 60), seq: random.int(0, 60) };
    if (random.int(0, 2) > 0) {
      map.set(id, step);
      model.set(printId(id), id);
    } else if (map.delete(id) !== model.delete(printId(id))) disagreed++;
    if (step % 500 !== 0) continue;
    const sorted = [...model.values()].toSorted(compareIds);
    const behind = sorted.filter((each) => compareIds(each, id) >= 0);
    const before = sorted.filter((each) => compareIds(each, id) <= 0).toReversed();
    expect(Array.from(map.from(id), ([each]) => each)).toEqual(behind);
    expect(Array.from(map.backwardsFrom(id), ([each]) => each)).toEqual(before);
    expect([map.atOrAfter(id)?.[0], map.atOrBefore(id)?.[0]]).toEqual([behind[0], before[0]]);
    expect([map.size, map.first()?.[0], map.last()?.[0]]).toEqual([sorted.length, sorted[0], sorted.at(-1)]);
  }
  expect(disagreed).toBe(0);
});

test("a million entries are added, found, and trimmed one by one", () => {
  const stream = new Stream();
  const many = 1_000_000;
  for (let ms = 1; ms <= many; ms++) stream.append({ ms, seq: 0 }, ["f"], ["v"], limits);
  let found = 0;
  for (let ms = 7; ms <= many; ms += 1000) {
    if (stream.entry({ ms, seq: 0 }) !== undefined) found++;
    for (const { id } of stream.range({ ms, seq: 1 }, { ms: many, seq: 0 })) {
      if (id.ms === ms + 1) found++;
      break;
    }
  }
  expect(found).toBe(2000);
  for (let left = many - 1; left >= many - 5000; left--)
    stream.trim({ maxLength: left }, { approximate: false, limit: 0 });
  expect([stream.length, stream.first()?.id.ms]).toEqual([many - 5000, 5001]);
});
