// What only a simulated Redis can show: weeks that end, one after the other, in no time.
import { redouble } from "redouble/vitest";
import { expect, test } from "vitest";
import { Leaderboard } from "./leaderboard.ts";
import { redis } from "./redis.ts";

const MONDAY = new Date("2040-01-02T00:00:00Z"); // far enough ahead to be reached, whenever this runs

const board = new Leaderboard(redis, "chess", { now: () => redouble.clock.now });

test("a week has a board of its own, which goes away a week after it", async () => {
  await redouble.clock.advanceTo(MONDAY);
  await board.add("ada", 10);
  expect(redouble.server).toHaveKey("board:chess:2040-01-02", [["ada", 10]]);
  expect(redouble.server).toHaveTTL("board:chess:2040-01-02", "14d");

  await redouble.clock.advance("7d");
  await board.add("bob", 3);
  expect(redouble.server).toHaveKey("board:chess:2040-01-09", [["bob", 3]]);
  expect(await board.top(10, { weekOf: MONDAY.getTime() })).toEqual([{ player: "ada", points: 10, rank: 1 }]);

  await redouble.clock.advance("7d");
  await redouble.clock.advance(1);
  expect(redouble.server).not.toHaveKey("board:chess:2040-01-02");
  expect(redouble.server).toHaveKey("board:chess:2040-01-09");
});

test("Sunday's last millisecond and Monday's first lie in different weeks", async () => {
  await redouble.clock.advanceTo(new Date(MONDAY.getTime() - 1));
  await board.add("ada", 1);
  await redouble.clock.advance(1);
  await board.add("ada", 2);
  expect(redouble.server.dump()).toEqual({
    "board:chess": [["ada", 3]],
    "board:chess:2039-12-26": { value: [["ada", 1]], ttl: 7 * 86_400_000 },
    "board:chess:2040-01-02": { value: [["ada", 2]], ttl: 14 * 86_400_000 },
  });
});

test("the board of all time outlives every week", async () => {
  redouble.server.load({ "board:chess": [["ada", 900]] });
  await board.add("bob", 1);
  await redouble.clock.advance("365d");
  expect(redouble.server.dump()).toEqual({
    "board:chess": [
      ["bob", 1],
      ["ada", 900],
    ],
  });
});
