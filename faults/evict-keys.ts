// evictKeys: keys are evicted now, as if memory had ended: they go with the event that eviction has.
import { onChosenKeys, type ChosenKeys } from "./chosen-keys.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";

export type EvictKeysOptions = ChosenKeys;

export function evictKeys(options: EvictKeysOptions): Fault {
  checkOptions("evictKeys", options);
  return {
    name: "evictKeys",
    options: { ...options },
    selector: {},
    hooks: {},
    act: ({ world }) => onChosenKeys(world, options, (db, key) => db.evict(key)),
  };
}
