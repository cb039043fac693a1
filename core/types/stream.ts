// The stream.

export class Stream {
  get type() {
    return "stream" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "stream" as const;
  }

  get length(): number {
    return 0;
  }

  copy(): Stream {
    return new Stream();
  }
}
