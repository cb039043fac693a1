// Options that nobody knows: they would be without effect, and who misspelt one would look for the reason elsewhere.

/**
 * Whoever takes an object of options says which it knows.
 *
 * @throws TypeError for an option that is not among them, and for what is no object
 */
export function requireKnown(taker: string, options: unknown, known: readonly string[]): asserts options is object {
  const names = known.join(", ") || "none";
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`${taker} takes an object of options (${names}), not ${show(options)}`);
  }
  const stray = Object.keys(options).find((key) => !known.includes(key));
  if (stray !== undefined) throw new TypeError(`${taker} has no option '${stray}'; it has ${names}`);
}

/** One of a few words, or nothing: the default. */
export function requireChoice(option: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || (typeof value === "string" && choices.includes(value))) return;
  throw new TypeError(`${option} is one of ${choices.join(", ")}, not ${show(value)}`);
}

/** A wrong value as messages show it. */
export function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return JSON.stringify(value) ?? String(value);
}
