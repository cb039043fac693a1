// The sorted set.

export class SortedSet {
  get type() {
    return "zset" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "listpack" as const;
  }

  get length(): number {
    return 0;
  }

  copy(): SortedSet {
    return new SortedSet();
  }
}
