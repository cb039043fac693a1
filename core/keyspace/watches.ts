// Who watches which keys of a database, and when that counts as a change (multi.c).
import type { Bytes } from "../kernel/bytes.ts";

/** Somebody who wants to know whether a key changed: a client with WATCH. */
export interface Watcher {
  /** A key that it watches has changed. */
  touched: boolean;
  /** The same, and it need watch no longer. */
  spoil(): void;
}

/** One client's watch over one key. */
export interface Watch {
  readonly watcher: Watcher;
  /** The key was past its deadline when the watch began: that it goes is no change. */
  wasExpired: boolean;
}

/** What a database shows of a key. */
export interface WatchedKeys {
  /** It holds something, its time over or not. */
  has(key: Bytes): boolean;
  isPastDeadline(key: Bytes): boolean;
}

export class Watches {
  readonly #byKey = new Map<Bytes, Set<Watch>>();

  get any(): boolean {
    return this.#byKey.size > 0;
  }

  /** @param wasExpired the key's time is over, and it still stands */
  add(key: Bytes, watcher: Watcher, { wasExpired }: Pick<Watch, "wasExpired">): Watch {
    const watch: Watch = { watcher, wasExpired };
    const watches = this.#byKey.get(key);
    if (watches) watches.add(watch);
    else this.#byKey.set(key, new Set([watch]));
    return watch;
  }

  delete(key: Bytes, watch: Watch): void {
    const watches = this.#byKey.get(key);
    watches?.delete(watch);
    if (watches?.size === 0) this.#byKey.delete(key);
  }

  /** A key changed. One that was over when the watch began may go; coming back is a change (touchWatchedKey). */
  touch(key: Bytes, { exists }: { readonly exists: boolean }): void {
    for (const watch of this.#byKey.get(key) ?? []) {
      if (!watch.wasExpired) watch.watcher.spoil();
      else if (!exists) watch.wasExpired = false;
    }
  }

  /** All content goes, and another may take its place; who watches goes on with it (touchAllWatchedKeysInDb). */
  touchAll(gone: WatchedKeys, replacement: WatchedKeys | undefined): void {
    for (const [key, watches] of this.#byKey) {
      const replaced = replacement?.has(key) === true;
      if (!gone.has(key) && !replaced) continue;
      for (const watch of watches) {
        if (watch.wasExpired && !replaced) watch.wasExpired = false;
        else if (!(watch.wasExpired && replacement?.isPastDeadline(key))) watch.watcher.touched = true;
      }
    }
  }
}
