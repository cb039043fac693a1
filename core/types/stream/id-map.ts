// A map in the order of stream ids, as the radix trees behind streams are: rows of entries, short enough to be cut anywhere.
import { compareIds, type StreamId } from "./stream-id.ts";

const ROW_ENTRIES = 256;

interface Row<V> {
  readonly ids: StreamId[];
  readonly values: V[];
}

/** Where an id is, or would be: its row, and its place there. */
interface Place {
  row: number;
  at: number;
}

/** Stream id -> value, ordered. Ids mostly come at the end, and mostly go at the beginning: both are O(1), the rest O(log N). */
export class IdMap<V> {
  readonly #rows: Row<V>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: StreamId): V | undefined {
    const place = this.#place(id);
    return this.#isAt(place, id) ? this.#rows[place.row]!.values[place.at] : undefined;
  }

  set(id: StreamId, value: V): void {
    const last = this.#rows.at(-1);
    if (last === undefined || compareIds(id, last.ids.at(-1)!) > 0) {
      this.#append(last, id, value);
      return;
    }
    const place = this.#place(id);
    const row = this.#rows[place.row]!;
    if (this.#isAt(place, id)) {
      row.values[place.at] = value;
      return;
    }
    row.ids.splice(place.at, 0, id);
    row.values.splice(place.at, 0, value);
    this.#size++;
    if (row.ids.length > ROW_ENTRIES) this.#split(place.row);
  }

  delete(id: StreamId): boolean {
    const place = this.#place(id);
    if (!this.#isAt(place, id)) return false;
    const row = this.#rows[place.row]!;
    if (place.at === 0) {
      row.ids.shift();
      row.values.shift();
    } else {
      row.ids.splice(place.at, 1);
      row.values.splice(place.at, 1);
    }
    if (row.ids.length === 0) this.#rows.splice(place.row, 1);
    this.#size--;
    return true;
  }

  first(): readonly [StreamId, V] | undefined {
    return this.#entry({ row: 0, at: 0 });
  }

  last(): readonly [StreamId, V] | undefined {
    const row = this.#rows.length - 1;
    return row < 0 ? undefined : this.#entry({ row, at: this.#rows[row]!.ids.length - 1 });
  }

  /** The first entry whose id is not less. */
  atOrAfter(id: StreamId): readonly [StreamId, V] | undefined {
    return this.#entry(this.#place(id));
  }

  /** The last entry whose id is not greater. */
  atOrBefore(id: StreamId): readonly [StreamId, V] | undefined {
    const place = this.#place(id);
    return this.#entry(this.#isAt(place, id) ? place : this.#before(place));
  }

  /** The entries in order, from an id on where one is given. No entry may come or go meanwhile. */
  *from(id?: StreamId): IterableIterator<readonly [StreamId, V]> {
    let { row, at } = id === undefined ? { row: 0, at: 0 } : this.#place(id);
    for (; row < this.#rows.length; row++, at = 0) {
      const { ids, values } = this.#rows[row]!;
      for (; at < ids.length; at++) yield [ids[at]!, values[at]!];
    }
  }

  /** The entries from the last whose id is not greater to the first. No entry may come or go meanwhile. */
  *backwardsFrom(id: StreamId): IterableIterator<readonly [StreamId, V]> {
    const place = this.#place(id);
    let { row, at } = this.#isAt(place, id) ? place : this.#before(place);
    while (row >= 0) {
      const { ids, values } = this.#rows[row]!;
      for (; at >= 0; at--) yield [ids[at]!, values[at]!];
      at = (this.#rows[--row]?.ids.length ?? 0) - 1;
    }
  }

  #append(last: Row<V> | undefined, id: StreamId, value: V): void {
    this.#size++;
    if (last === undefined || last.ids.length >= ROW_ENTRIES) this.#rows.push({ ids: [id], values: [value] });
    else {
      last.ids.push(id);
      last.values.push(value);
    }
  }

  #split(at: number): void {
    const { ids, values } = this.#rows[at]!;
    const half = ids.length >> 1;
    this.#rows.splice(at + 1, 0, { ids: ids.splice(half), values: values.splice(half) });
  }

  #place(id: StreamId): Place {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIds(this.#rows[middle]!.ids.at(-1)!, id) < 0) low = middle + 1;
      else high = middle;
    }
    const ids = this.#rows[low]?.ids;
    return { row: low, at: ids === undefined ? 0 : lowerBound(ids, id) };
  }

  #isAt({ row, at }: Place, id: StreamId): boolean {
    const found = this.#rows[row]?.ids[at];
    return found !== undefined && compareIds(found, id) === 0;
  }

  #before({ row, at }: Place): Place {
    return at > 0 ? { row, at: at - 1 } : { row: row - 1, at: (this.#rows[row - 1]?.ids.length ?? 0) - 1 };
  }

  #entry({ row, at }: Place): readonly [StreamId, V] | undefined {
    const found = this.#rows[row];
    return found === undefined ? undefined : [found.ids[at]!, found.values[at]!];
  }
}

/** The index of the first id that is not less. */
function lowerBound(ids: readonly StreamId[], id: StreamId): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareIds(ids[middle]!, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
