// What happens when: events in time order, ties first in first out. Cancelled events leave lazily.

/** A scheduled event; `cancel` may be called at any time, also after it ran. */
export interface Timer {
  readonly at: number;
  readonly cancelled: boolean;
  cancel(): void;
}

class Event implements Timer {
  readonly at: number;
  readonly order: number;
  readonly background: boolean;
  run: (() => void) | undefined;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler, at: number, order: number, background: boolean, run: () => void) {
    this.#scheduler = scheduler;
    this.at = at;
    this.order = order;
    this.background = background;
    this.run = run;
  }

  get cancelled(): boolean {
    return this.run === undefined;
  }

  cancel(): void {
    if (this.run === undefined) return;
    this.run = undefined;
    this.#scheduler.forget();
  }
}

/** A binary heap of events. Times are milliseconds of world time. */
export class Scheduler {
  #heap: Event[] = [];
  #order = 0;
  #cancelled = 0;

  /** Events that wait. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** The time of the next event, or undefined when nothing waits. */
  get next(): number | undefined {
    while (this.#heap[0]?.cancelled) this.#pop();
    return this.#heap[0]?.at;
  }

  /** The time of the next event that is none of the background; there are few of those at any time. */
  get nextAwaited(): number | undefined {
    const aside: Event[] = [];
    while (this.next !== undefined && this.#heap[0]!.background) aside.push(this.#pop());
    const at = this.#heap[0]?.at;
    for (const event of aside) {
      this.#heap.push(event);
      this.#up(this.#heap.length - 1);
    }
    return at;
  }

  schedule(at: number, run: () => void, background = false): Timer {
    const event = new Event(this, at, this.#order++, background, run);
    this.#heap.push(event);
    this.#up(this.#heap.length - 1);
    return event;
  }

  /** Takes the next event out of the queue; the caller runs it. */
  take(): (() => void) | undefined {
    if (this.next === undefined) return undefined;
    const event = this.#pop();
    const run = event.run;
    event.run = undefined;
    return run;
  }

  /** Counts a cancelled event, and sweeps once they are the majority. */
  forget(): void {
    this.#cancelled++;
    if (this.#cancelled < 64 || this.#cancelled * 2 < this.#heap.length) return;
    this.#heap = this.#heap.filter((event) => !event.cancelled);
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#down(i);
  }

  #pop(): Event {
    const first = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (last !== first) {
      this.#heap[0] = last;
      this.#down(0);
    }
    if (first.cancelled) this.#cancelled--;
    return first;
  }

  #up(index: number): void {
    const event = this.#heap[index]!;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, this.#heap[parent]!)) break;
      this.#heap[index] = this.#heap[parent]!;
      index = parent;
    }
    this.#heap[index] = event;
  }

  #down(index: number): void {
    const event = this.#heap[index]!;
    const length = this.#heap.length;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && before(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      if (!before(this.#heap[child]!, event)) break;
      this.#heap[index] = this.#heap[child]!;
      index = child;
    }
    this.#heap[index] = event;
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
