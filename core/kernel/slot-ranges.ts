// Hash slots, and rows of them as nodes write them.

export const SLOTS = 16_384;

/** Ranges [from, to], both included, of slots that come in their order. */
export function rangesOf(slots: Iterable<number>): (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = [];
  for (const slot of slots) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === slot - 1) last[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges;
}
