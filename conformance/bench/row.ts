/** One row of the benchmark: two things measured in the same run, in turns, and what their ratio must be. */

export type Row = {
  readonly name: string;
  /** What is put over what: "Redouble / stub stream". */
  readonly compared: string;
  /** Median ratio. */
  readonly ratio: number;
  /** The bound that the ratio must keep; undefined for a row that only informs. */
  readonly bound?: { readonly atLeast: number } | { readonly atMost: number };
  /** The two medians, with their unit. */
  readonly detail: string;
};

/**
 * Runs both measurements `rounds` times in turns, and gives the medians. Before them comes round 0, for warming up, unless
 * each measurement has a process of its own.
 */
export async function interleaved(
  rounds: number,
  ours: (round: number) => Promise<number> | number,
  theirs: (round: number) => Promise<number> | number,
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Promise<{ readonly ours: number; readonly theirs: number; readonly ratio: number }> {
  const pairs: { ours: number; theirs: number }[] = [];
  for (let round = warmUp ? 0 : 1; round <= rounds; round++) {
    const pair = { ours: await ours(round), theirs: await theirs(round) };
    if (round > 0) pairs.push(pair);
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    theirs: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function keepsBound({ ratio, bound }: Row): boolean | undefined {
  if (bound === undefined) return undefined;
  return "atLeast" in bound ? ratio >= bound.atLeast : ratio <= bound.atMost;
}

export function printTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.compared,
    row.ratio.toFixed(2),
    row.bound === undefined ? "" : "atLeast" in row.bound ? `>= ${row.bound.atLeast}` : `<= ${row.bound.atMost}`,
    { true: "kept", false: "BROKEN", undefined: "" }[String(keepsBound(row))] ?? "",
    row.detail,
  ]);
  const table = [["measured", "compared", "ratio", "bound", "", "medians"], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
