// The set.

export class MemberSet {
  get type() {
    return "set" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "listpack" as const;
  }

  get length(): number {
    return 0;
  }

  copy(): MemberSet {
    return new MemberSet();
  }
}
