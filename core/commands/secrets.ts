// Words that nobody else may see: passwords behind options.
import { upper, type Bytes } from "../kernel/bytes.ts";

/** The words that follow an option: how many, and whether they are secret. */
interface OptionWords {
  readonly words: number;
  readonly secret?: boolean;
}

/** The positions of secret words behind options. As in Redis reading ends at a word that is no option, or lacks words. */
export function secretsBehind(
  argv: readonly Bytes[],
  from: number,
  options: ReadonlyMap<Bytes, OptionWords>,
): readonly number[] {
  const found: number[] = [];
  let at = from;
  for (;;) {
    const option = at < argv.length ? options.get(upper(argv[at]!)) : undefined;
    if (option === undefined || at + option.words >= argv.length) return found;
    if (option.secret) for (let word = 1; word <= option.words; word++) found.push(at + word);
    at += option.words + 1;
  }
}
