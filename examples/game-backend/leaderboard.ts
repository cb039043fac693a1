// A leaderboard: points of all time, and a board for each week that goes away by itself. One sorted set a board.
import type { Redis } from "ioredis";

export interface Standing {
  readonly player: string;
  readonly points: number;
  /** 1 is the best. */
  readonly rank: number;
}

export interface LeaderboardOptions {
  /** How long the board of a week is kept after the week's end. Default a week. */
  readonly keepMs?: number;
  /** The application's time, in milliseconds. */
  readonly now?: () => number;
}

/** `all-time`, or the week in which a moment lies. */
export type Board = "all-time" | { readonly weekOf: number };

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Unix time began on a Thursday; weeks begin on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

export class Leaderboard {
  readonly #redis: Redis;
  readonly #name: string;
  readonly #keepMs: number;
  readonly #now: () => number;

  constructor(redis: Redis, name: string, { keepMs = WEEK_MS, now = Date.now }: LeaderboardOptions = {}) {
    this.#redis = redis;
    this.#name = name;
    this.#keepMs = keepMs;
    this.#now = now;
  }

  /** Adds points on the board of all time and on this week's, and gives the player's points of all time. */
  async add(player: string, points: number): Promise<number> {
    const weekly = this.keyOf({ weekOf: this.#now() });
    const replies = await this.#redis
      .multi()
      .zincrby(this.keyOf("all-time"), points, player)
      .zincrby(weekly, points, player)
      .pexpireat(weekly, weekStart(this.#now()) + WEEK_MS + this.#keepMs)
      .exec();
    return Number(replies?.[0]?.[1]);
  }

  /** The best players, the first of them first. */
  async top(count: number, board: Board = "all-time"): Promise<Standing[]> {
    return this.#standings(board, 0, count - 1);
  }

  /** Where a player stands; null when they have no points. */
  async standing(player: string, board: Board = "all-time"): Promise<Standing | null> {
    const key = this.keyOf(board);
    const [rank, points] = await Promise.all([this.#redis.zrevrank(key, player), this.#redis.zscore(key, player)]);
    return rank === null || points === null ? null : { player, points: Number(points), rank: rank + 1 };
  }

  /** A player between their neighbours: so many above and below. Empty when they have no points. */
  async around(player: string, reach: number, board: Board = "all-time"): Promise<Standing[]> {
    const rank = await this.#redis.zrevrank(this.keyOf(board), player);
    return rank === null ? [] : this.#standings(board, Math.max(0, rank - reach), rank + reach);
  }

  /** Where a board lies. */
  keyOf(board: Board): string {
    if (board === "all-time") return `board:${this.#name}`;
    return `board:${this.#name}:${new Date(weekStart(board.weekOf)).toISOString().slice(0, 10)}`;
  }

  async #standings(board: Board, from: number, to: number): Promise<Standing[]> {
    const words = await this.#redis.zrevrange(this.keyOf(board), from, to, "WITHSCORES");
    return Array.from({ length: words.length / 2 }, (_, i) => ({
      player: words[2 * i]!,
      points: Number(words[2 * i + 1]),
      rank: from + i + 1,
    }));
  }
}

function weekStart(time: number): number {
  return Math.floor((time - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
}
