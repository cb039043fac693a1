// Durations and arguments as messages print them: short, and readable by the API that takes them.

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** `31m`, `1h30m`, `1s250ms`, `0ms`: what `clock.advance` reads. */
export function showDuration(milliseconds: number): string {
  let rest = Math.round(Math.abs(milliseconds));
  let text = "";
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return (milliseconds < 0 ? "-" : "") + (text || "0ms");
}

const MOST_CHARS = 60;

/** An argument of a command: bare where it is plain, quoted where it is not, short where it is long. */
export function showArgument(argument: string | Buffer): string {
  if (typeof argument !== "string") return `<${argument.length} bytes>`;
  const text = argument.length > MOST_CHARS ? `${argument.slice(0, MOST_CHARS)}...` : argument;
  return /^[^\s"'\\\u0000-\u001f]+$/.test(text) ? text : JSON.stringify(text);
}
