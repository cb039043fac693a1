// A file of users, a line for each: what it says, and what is wrong with it (acl.c: ACLLoadFromFile).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Profile } from "../../commands/profile.ts";
import { joinSelectors } from "./join-selectors.ts";
import { describeProblem } from "./rule-problem.ts";
import { User, type UserDefaults } from "./user.ts";

export type UserFile =
  | { readonly users: ReadonlyMap<Bytes, User> }
  | { /** In Redis's words, one after another. */ readonly problems: Bytes };

interface Place {
  /** As `aclfile` calls it. */
  readonly path: Bytes;
  readonly profile: Profile;
  readonly defaults: UserDefaults;
}

/** Nothing of it counts where something is wrong. */
export function readUserFile(text: Bytes, { path, profile, defaults }: Place): UserFile {
  const users = new Map<Bytes, User>();
  const problems: Bytes[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = trim(line, " \t\r\n");
    if (trimmed === "") continue;
    const at = `${path}:${index + 1}`;
    const [keyword, name, ...words] = trimmed.split(" ");
    if (keyword !== "user" || name === undefined) {
      problems.push(`${at} should start with user keyword followed by the username.`);
    } else if (users.has(name)) {
      problems.push(`WARNING: Duplicate user '${name}' found on line ${index + 1}.`);
    } else {
      const user = new User(name, defaults);
      users.set(name, user);
      problems.push(...apply(user, words, { profile, defaults }).map((problem) => `${at}: ${problem}.`));
    }
  }
  if (problems.length === 0) return { users };
  problems.push("WARNING: ACL errors detected, no change to the previously active ACL rules was performed");
  return { problems: problems.join(" ") };
}

/** Unknown commands are all told, of other problems the first: those behind it may follow from it. */
function apply(user: User, words: readonly Bytes[], { profile, defaults }: Omit<Place, "path">): readonly Bytes[] {
  const rules = joinSelectors(words, profile);
  if ("unmatched" in rules) return ["Unmatched parenthesis in selector definition"];
  const problems: Bytes[] = [];
  let isFirst = true;
  for (const rule of rules.map((each) => trim(each, "\t\r\n"))) {
    const problem = user.set(rule, defaults);
    if (problem === undefined) continue;
    if (problem === "unknown") problems.push(`Error in applying operation '${rule}': ${describeProblem(problem)}`);
    else if (isFirst) problems.push(describeProblem(problem));
    isFirst &&= problem === "unknown";
  }
  return problems;
}

function trim(text: Bytes, of: string): Bytes {
  let [start, end] = [0, text.length];
  while (start < end && of.includes(text[start]!)) start++;
  while (end > start && of.includes(text[end - 1]!)) end--;
  return text.slice(start, end);
}
