// unassignSlot: a slot belongs to nobody: CLUSTERDOWN, for all slots where `cluster-require-full-coverage` is yes, else for this one.
import type { Fault } from "./fault.ts";
import { isSlot } from "./migrate-slot.ts";
import { checkOptions } from "./options.ts";
import { nodesOf, orderSlot, ownersOf } from "./slots.ts";

export interface UnassignSlotOptions {
  readonly slot: number;
}

/** Every node is told to forget whose it is. Its keys stay; taken out, its owner has it again. */
export function unassignSlot(options: UnassignSlotOptions): Fault {
  checkOptions("unassignSlot", options);
  const { slot } = options;
  if (!isSlot(slot)) throw new TypeError("unassignSlot: slot is a whole number from 0 to 16383");
  return {
    name: "unassignSlot",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const owner = ownersOf(world).find(({ cluster }) => cluster.slots.owners[slot] === cluster.myself);
      if (owner === undefined) return false;
      for (const node of nodesOf(world)) orderSlot(node, "DELSLOTS", slot);
      return () => {
        // Its replica may have taken its place meanwhile.
        const { id } = owner.cluster.myself.primary ?? owner.cluster.myself;
        const heir = nodesOf(world).find(({ cluster }) => cluster.myself.id === id);
        if (heir === undefined || heir.cluster.slots.owners[slot] !== undefined || !orderSlot(heir, "ADDSLOTS", slot))
          return;
        for (const node of nodesOf(world)) orderSlot(node, "SETSLOT", slot, "NODE", id);
      };
    },
  };
}
