// expireKeys: keys expire now, whatever time they had left.
import { onChosenKeys, type ChosenKeys } from "./chosen-keys.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";

export type ExpireKeysOptions = ChosenKeys;

export function expireKeys(options: ExpireKeysOptions): Fault {
  checkOptions("expireKeys", options);
  return {
    name: "expireKeys",
    options: { ...options },
    selector: {},
    hooks: {},
    act: ({ world }) => onChosenKeys(world, options, (db, key) => db.expire(key)),
  };
}
