// In which words a request is refused, release by release (acl.c: getAclErrorMessage).
import type { Bytes } from "../../kernel/bytes.ts";
import type { ResolvedCommand } from "../../commands/command-table.ts";
import type { Profile } from "../../commands/profile.ts";
import { printed } from "../../resp/errors.ts";
import type { Denial } from "./selector.ts";

interface Refused {
  readonly profile: Profile;
  readonly command: ResolvedCommand;
  readonly username: Bytes;
}

/** What a client is told, behind the code. */
export function refusal({ reason }: Denial, { profile, command, username }: Refused): Bytes {
  const names = profile.can.namesRefusedUser;
  if (reason === "command") {
    return `${names ? `User ${username}` : "this user"} has no permissions to run the '${command.fullName}' command`;
  }
  if (names) return `No permissions to access a ${reason}`;
  return `this user has no permissions to access one of the ${reason}s used as arguments`;
}

/** What ACL DRYRUN answers: it tells which key or channel it is. */
export function dryRefusal(
  { reason, at }: Denial,
  argv: readonly Bytes[],
  { profile, command, username }: Refused,
): Bytes {
  const names = profile.can.namesRefusedUser;
  const who = names ? `User ${username}` : "This user";
  if (reason === "command") return `${who} has no permissions to run the '${command.fullName}' command`;
  const what = names ? argv[at]! : printed(argv[at]!);
  return `${who} has no permissions to access the '${what}' ${reason}`;
}

/** What a script is told whose caller may not do what it asks for. */
export function refusalInScript(denial: Denial, refused: Refused): Bytes {
  if (refused.profile.can.namesRefusedUser) return `ACL failure in script: ${refusal(denial, refused)}`;
  return `The user executing the script can't ${IN_SCRIPTS[denial.reason]}`;
}

const IN_SCRIPTS: Readonly<Record<Denial["reason"], Bytes>> = {
  command: "run this command or subcommand",
  key: "access at least one of the keys mentioned in the command arguments",
  channel: "publish to the channel mentioned in the command",
};

/** Why what was queued may not run any more. */
export function refusalInTransaction({ reason }: Denial): Bytes {
  return `NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no longer allowed for the following reason: ${IN_TRANSACTIONS[reason]}`;
}

const IN_TRANSACTIONS: Readonly<Record<Denial["reason"], Bytes>> = {
  command: "no permission to execute the command or subcommand",
  key: "no permission to touch the specified keys",
  channel: "no permission to access one of the channels used as arguments",
};
