// The list.

export class List {
  get type() {
    return "list" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "listpack" as const;
  }

  get length(): number {
    return 0;
  }

  copy(): List {
    return new List();
  }
}
