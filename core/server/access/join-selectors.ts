// Selectors come as one word or as several, from an opening parenthesis to the closing one (acl.c: ACLMergeSelectorArguments).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Profile } from "../../commands/profile.ts";

/** A selector that is never closed, by its first word. */
interface Unmatched {
  readonly unmatched: Bytes;
}

/** The rules of a row of words. Before 7.2 a parenthesis that opens inside of a selector begins it anew. */
export function joinSelectors(words: readonly Bytes[], { can }: Profile): readonly Bytes[] | Unmatched {
  const rules: Bytes[] = [];
  let open: { readonly first: Bytes; text: Bytes } | undefined;
  for (const word of words) {
    const opens = word.startsWith("(") && !word.endsWith(")");
    if (opens && (open === undefined || !can.keepsRules)) open = { first: open?.first ?? word, text: word };
    else if (open === undefined) rules.push(word);
    else {
      open.text += ` ${word}`;
      if (!word.endsWith(")")) continue;
      rules.push(open.text);
      open = undefined;
    }
  }
  return open === undefined ? rules : { unmatched: open.first };
}
