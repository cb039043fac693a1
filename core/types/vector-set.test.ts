// What no reply shows of a vector set: that its graph leads to what is near, both ways, and the same way from the same seed.
import { describe, expect, test } from "vitest";
import { Random } from "../kernel/random.ts";
import type { Bytes } from "../kernel/bytes.ts";
import { VectorSet } from "./vector-set.ts";
import type { Quantization } from "./vector-set/stored-vector.ts";

const ELEMENTS = 600;
const DIMENSIONS = 16;

function vectorFrom(random: Random): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, () => random.float() - 0.5);
}

/** Elements come, every fifth goes again, and every seventh of the rest moves elsewhere. */
function filled(quantization: Quantization, seed: number): VectorSet {
  const random = new Random(seed);
  const shape = { uid: 0, dimensions: DIMENSIONS, quantization, breadth: 8, projection: undefined };
  const set = new VectorSet(shape);
  const add = (i: number): void => {
    set.add({ element: `e${i}`, vector: vectorFrom(random), attributes: undefined, effort: 100 }, random);
  };
  for (let i = 0; i < ELEMENTS; i++) add(i);
  for (let i = 0; i < ELEMENTS; i += 5) set.delete(`e${i}`);
  for (let i = 1; i < ELEMENTS; i += 7) if (i % 5 !== 0) add(i);
  return set;
}

function found(set: VectorSet, vector: Float32Array, exhaustive: boolean): Bytes[] {
  const wanted = { most: 10, filter: undefined, filterEffort: 0, exhaustive };
  return set.search(vector, { ...wanted, most: exhaustive ? 10 : 60 }).map(({ node }) => node.element);
}

describe.each(["f32", "int8"] as const)("a set of %s", (quantization) => {
  test("finds nearly all that is nearest", () => {
    const set = filled(quantization, 1);
    const random = new Random(2);
    let hits = 0;
    for (let i = 0; i < 100; i++) {
      const vector = vectorFrom(random);
      const near = new Set(found(set, vector, false).slice(0, 10));
      hits += found(set, vector, true).filter((element) => near.has(element)).length;
    }
    expect(hits).toBeGreaterThan(970);
  });

  test("has links both ways, each once, and no more than there is room for", () => {
    const set = filled(quantization, 3);
    for (const node of set.nodes()) {
      for (const [level, { links, capacity }] of node.layers.entries()) {
        expect(links.length).toBeLessThanOrEqual(capacity);
        expect(new Set(links).size).toBe(links.length);
        expect(links.every((other) => other !== node && other.linksOn(level).includes(node))).toBe(true);
      }
    }
  });
});

test("the same seed makes the same graph, another one another", () => {
  const graph = (seed: number): unknown =>
    Array.from(filled("int8", seed).nodes(), ({ id, layers }) => [
      id,
      layers.map(({ links }) => links.map((to) => to.id)),
    ]);
  expect(graph(4)).toEqual(graph(4));
  expect(graph(4)).not.toEqual(graph(5));
});

test("elements that are drawn are different ones, though the graph has fallen apart", () => {
  const random = new Random(6);
  const set = new VectorSet({ uid: 0, dimensions: 1, quantization: "f32", breadth: 4, projection: undefined });
  for (let i = 0; i < 20; i++) {
    const layers = [set.layer(0, 0)];
    const vector = { quantization: "f32", values: Float32Array.of(1), norm: 1, range: 0 } as const;
    set.restore({ id: i + 1, element: `e${i}`, vector, attributes: undefined, layers });
  }
  expect(new Set(set.sample(4, random)).size).toBe(4);
});
