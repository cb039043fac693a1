// A node of a list: a row of elements that lie in one listpack, or a single large element by itself (quicklist.h).
import type { Bytes } from "../kernel/bytes.ts";
import { entryBytes, listpackBytes } from "./listpack.ts";

export class ListNode {
  /** Of the listpack, its header included; of a plain node the element's. */
  sizeBytes: number;
  /** One large element that no listpack holds. */
  readonly plain: boolean;
  #row: Bytes[];
  /** What came at the head since somebody looked, the last to come at the end: a row is slow to grow in front. */
  #front: Bytes[] = [];

  private constructor(row: Bytes[], { sizeBytes, plain }: { readonly sizeBytes: number; readonly plain: boolean }) {
    this.#row = row;
    this.sizeBytes = sizeBytes;
    this.plain = plain;
  }

  static packed(elements: readonly Bytes[]): ListNode {
    return new ListNode([...elements], { sizeBytes: listpackBytes(elements), plain: false });
  }

  static plain(element: Bytes): ListNode {
    return new ListNode([element], { sizeBytes: element.length, plain: true });
  }

  copy(): ListNode {
    return new ListNode([...this.elements], this);
  }

  get length(): number {
    return this.#row.length + this.#front.length;
  }

  /** The elements from head to tail. Whoever changes the row sees to `sizeBytes`. */
  get elements(): Bytes[] {
    if (this.#front.length > 0) {
      this.#row = this.#front.reverse().concat(this.#row);
      this.#front = [];
    }
    return this.#row;
  }

  /** Adds an element to a packed node. */
  add(offset: number, element: Bytes): void {
    this.sizeBytes += entryBytes(element);
    if (offset === this.length) this.#row.push(element);
    else if (offset === 0) this.#front.push(element);
    else this.elements.splice(offset, 0, element);
  }

  /** Takes the element at an offset out. */
  take(offset: number): Bytes {
    const element = this.#takeFrom(offset);
    this.sizeBytes -= entryBytes(element);
    return element;
  }

  #takeFrom(offset: number): Bytes {
    if (offset === 0) return this.#front.pop() ?? this.#row.shift()!;
    if (offset === this.length - 1) return this.#row.pop() ?? this.#front.shift()!;
    return this.elements.splice(offset, 1)[0]!;
  }
}
