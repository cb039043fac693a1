// What the leaderboard does, on any Redis: `REDIS_URL=redis://... npx vitest run --project examples` takes a real one.
import "redouble/vitest";
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { Leaderboard } from "./leaderboard.ts";
import { redis } from "./redis.ts";

let board: Leaderboard;
beforeEach(() => {
  board = new Leaderboard(redis, randomUUID());
});

test("points add up", async () => {
  expect(await board.add("ada", 10)).toBe(10);
  expect(await board.add("ada", 5)).toBe(15);
  expect(await board.standing("ada")).toEqual({ player: "ada", points: 15, rank: 1 });
});

describe("among a hundred players", () => {
  beforeEach(async () => {
    await Promise.all(Array.from({ length: 100 }, (_, i) => board.add(`player-${i + 1}`, 1000 - i)));
  });

  test("the ten best are the top ten", async () => {
    const top = await board.top(10);
    expect(top.map(({ player }) => player)).toEqual(Array.from({ length: 10 }, (_, i) => `player-${i + 1}`));
    expect(top[9]).toEqual({ player: "player-10", points: 991, rank: 10 });
  });

  test("everyone has a rank, and those without points have none", async () => {
    expect(await board.standing("player-42")).toEqual({ player: "player-42", points: 959, rank: 42 });
    expect(await board.standing("nobody")).toBeNull();
  });

  test("neighbours are those just above and just below", async () => {
    const names = (await board.around("player-50", 2)).map(({ player }) => player);
    expect(names).toEqual(["player-48", "player-49", "player-50", "player-51", "player-52"]);
    expect((await board.around("player-50", 2)).map(({ rank }) => rank)).toEqual([48, 49, 50, 51, 52]);
  });

  test("the best and the last have neighbours on one side", async () => {
    expect((await board.around("player-1", 1)).map(({ rank }) => rank)).toEqual([1, 2]);
    expect((await board.around("player-100", 1)).map(({ rank }) => rank)).toEqual([99, 100]);
    expect(await board.around("nobody", 1)).toEqual([]);
  });

  test("a late win changes the order", async () => {
    await board.add("player-100", 500);
    expect((await board.top(1))[0]).toEqual({ player: "player-100", points: 1401, rank: 1 });
  });
});

test("this week's board counts from zero", async () => {
  await redis.zadd(board.keyOf("all-time"), 900, "ada");
  await board.add("ada", 1);
  await board.add("bob", 5);
  expect((await board.top(1))[0]?.player).toBe("ada");
  expect((await board.top(1, { weekOf: Date.now() }))[0]).toEqual({ player: "bob", points: 5, rank: 1 });
});
