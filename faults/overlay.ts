// Faults that set the same thing on the same server lie over each other, so that they may be taken out in any order.
import type { Server } from "../core/index.ts";

/** What one kind of fault has set, on each server. */
export class Overlay<T> {
  /** What was there before at the bottom, the newest on top. */
  readonly #piles = new WeakMap<Server, { readonly value: T }[]>();

  /** Sets a value; call what it gives to take it out: the one below it holds again, unless it was covered. */
  lay(server: Server, value: T, { before, set }: { readonly before: T; readonly set: (value: T) => void }): () => void {
    const pile = this.#piles.get(server) ?? [{ value: before }];
    this.#piles.set(server, pile);
    const layer = { value };
    pile.push(layer);
    set(value);
    return () => {
      const at = pile.indexOf(layer);
      if (at < 0) return;
      pile.splice(at, 1);
      set(pile.at(-1)!.value);
      if (pile.length === 1) this.#piles.delete(server);
    };
  }
}
