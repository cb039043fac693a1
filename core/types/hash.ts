// The hash.

export class Hash {
  get type() {
    return "hash" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "listpack" as const;
  }

  get length(): number {
    return 0;
  }

  copy(): Hash {
    return new Hash();
  }
}
