// Ranges by index, as LRANGE, GETRANGE's kin and ZRANGE take them: both ends included, negative ones from the end.

/** The indices [from, to) that a range covers in a row of so many elements; from is 0 and to is 0 where it covers none. */
export function clampRange(
  { start, stop }: { start: number; stop: number },
  length: number,
): { from: number; to: number } {
  const from = Math.max(0, start < 0 ? length + start : start);
  const to = Math.min(length, (stop < 0 ? length + stop : stop) + 1);
  return from < to ? { from, to } : { from: 0, to: 0 };
}
