// Selectors come as one word or as several, from an opening parenthesis to the closing one (acl.c: ACLMergeSelectorArguments).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Profile } from "../../commands/profile.ts";
import { printed, ReplyError } from "../../resp/errors.ts";

/** The rules of a row of words. Before 7.2 a parenthesis that opens inside of a selector begins it anew. */
export function joinSelectors(words: readonly Bytes[], { can }: Profile): readonly Bytes[] {
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
  if (open !== undefined) {
    throw new ReplyError(`ERR Unmatched parenthesis in acl selector starting at '${printed(open.first)}'.`);
  }
  return rules;
}
