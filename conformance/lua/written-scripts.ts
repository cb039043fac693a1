/** A hundred scripts of the kinds that applications use, and how each is called. */
import { counters } from "./written/counters.ts";
import { formats } from "./written/formats.ts";
import { limiters } from "./written/limiters.ts";
import { locks } from "./written/locks.ts";
import { queues } from "./written/queues.ts";

export type WrittenScript = {
  readonly name: string;
  readonly lua: string;
  /** `key key | argument argument`, a command (`> SET key value`), or milliseconds that pass. */
  readonly calls: readonly (string | number)[];
};

export const writtenScripts: readonly WrittenScript[] = [...locks, ...limiters, ...queues, ...counters, ...formats];
