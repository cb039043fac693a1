// What is wrong with a rule, in Redis's words (acl.c: ACLSetUserStringError).
import type { Bytes } from "../../kernel/bytes.ts";

const ADDED = "Adding a pattern after the * pattern";
const NO_EFFECT = "is not valid and does not have any effect.";

const texts = {
  unknown: "Unknown command or category name in ACL",
  syntax: "Syntax error",
  allKeys: `${ADDED} (or the 'allkeys' flag) ${NO_EFFECT} Try 'resetkeys' to start with an empty list of patterns`,
  allChannels: `${ADDED} (or the 'allchannels' flag) ${NO_EFFECT} Try 'resetchannels' to start with an empty list of channels`,
  noPassword: "The password you are trying to remove from the user does not exist",
  badHash: "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters",
  firstArgument: "Allowing first-arg of a subcommand is not supported",
} as const satisfies Readonly<Record<string, Bytes>>;

export type RuleProblem = keyof typeof texts;

/** The words for it. */
export function describeProblem(problem: RuleProblem): Bytes {
  return texts[problem];
}
