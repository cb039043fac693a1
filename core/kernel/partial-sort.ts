// Sorting as far as somebody looks: SORT with LIMIT and GEOSEARCH with COUNT show in which order Redis leaves what compares equal
// (pqsort.c). The method is that of Bentley and McIlroy, "Engineering a sort function" (1993), descended only where it must be.

/** Negative, zero or positive. */
export type Compare<T> = (a: T, b: T) => number;

/** The places [from, to) that must be right. */
export interface Places {
  readonly from: number;
  readonly to: number;
}

/** Sorts a row in place so that the given places hold what they would hold if all of it were sorted. */
export function sortPartially<T>(row: T[], compare: Compare<T>, wanted: Places): void {
  sortPart(row, 0, row.length, { compare, wanted });
}

interface Task<T> {
  readonly compare: Compare<T>;
  readonly wanted: Places;
}

function sortPart<T>(row: T[], first: number, end: number, task: Task<T>): void {
  if (end - first < 7) {
    insertionSort(row, first, end, task.compare);
    return;
  }
  swap(row, first, pivot(row, first, end, task.compare));
  const { less, greater } = partition(row, first, end, task.compare);
  for (const part of [
    { from: first, to: first + less },
    { from: end - greater, to: end },
  ]) {
    const touched = part.from < task.wanted.to && part.to > task.wanted.from;
    if (touched && part.to - part.from > 1) sortPart(row, part.from, part.to, task);
  }
}

function insertionSort<T>(row: T[], first: number, end: number, compare: Compare<T>): void {
  for (let i = first + 1; i < end; i++) {
    for (let j = i; j > first && compare(row[j - 1]!, row[j]!) > 0; j--) swap(row, j, j - 1);
  }
}

/** Where the element lies that divides a part: the middle one, the median of three, or of three medians. */
function pivot<T>(row: T[], first: number, end: number, compare: Compare<T>): number {
  const length = end - first;
  const middle = first + (length >> 1);
  const last = end - 1;
  if (length === 7) return middle;
  const median = (a: number, b: number, c: number): number => medianOf(row, a, b, c, compare);
  if (length <= 40) return median(first, middle, last);
  const step = length >> 3;
  return median(
    median(first, first + step, first + 2 * step),
    median(middle - step, middle, middle + step),
    median(last - 2 * step, last - step, last),
  );
}

function medianOf<T>(row: T[], a: number, b: number, c: number, compare: Compare<T>): number {
  const less = (x: number, y: number): boolean => compare(row[x]!, row[y]!) < 0;
  if (less(a, b)) return less(b, c) ? b : less(a, c) ? c : a;
  return less(c, b) ? b : less(a, c) ? a : c;
}

/**
 * Divides a part by its first element: what is less comes first, what is greater last; gives the length of both. Equal elements
 * gather at the two edges meanwhile, then move to the middle.
 */
function partition<T>(row: T[], first: number, end: number, compare: Compare<T>): { less: number; greater: number } {
  let equalBelow = first + 1;
  let low = first + 1;
  let high = end - 1;
  let equalAbove = end - 1;
  for (;;) {
    for (let order; low <= high && (order = compare(row[low]!, row[first]!)) <= 0; low++) {
      if (order === 0) swap(row, equalBelow++, low);
    }
    for (let order; low <= high && (order = compare(row[high]!, row[first]!)) >= 0; high--) {
      if (order === 0) swap(row, high, equalAbove--);
    }
    if (low > high) break;
    swap(row, low++, high--);
  }
  const below = Math.min(equalBelow - first, low - equalBelow);
  swapBlocks(row, first, low - below, below);
  const above = Math.min(equalAbove - high, end - equalAbove - 1);
  swapBlocks(row, low, end - above, above);
  return { less: low - equalBelow, greater: equalAbove - high };
}

function swapBlocks<T>(row: T[], a: number, b: number, length: number): void {
  for (let i = 0; i < length; i++) swap(row, a + i, b + i);
}

function swap<T>(row: T[], a: number, b: number): void {
  const element = row[a]!;
  row[a] = row[b]!;
  row[b] = element;
}
