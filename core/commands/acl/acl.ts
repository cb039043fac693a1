// The container ACL, and its HELP.
import { defineContainer } from "../command.ts";
import { defineHelp } from "../help.ts";
import { cat, dryrun, genpass, load, save } from "./rights.ts";
import { log } from "./log.ts";
import { deluser, getuser, list, setuser, users, whoami } from "./users.ts";

const help = defineHelp({ group: "server", since: "6.0.0", acl: [] }, "acl", [
  "CAT [<category>]",
  "    List all commands that belong to <category>, or all command categories",
  "    when no category is specified.",
  "DELUSER <username> [<username> ...]",
  "    Delete a list of users.",
  "DRYRUN <username> <command> [<arg> ...]",
  "    Returns whether the user can execute the given command without executing the command.",
  "GETUSER <username>",
  "    Get the user's details.",
  "GENPASS [<bits>]",
  "    Generate a secure 256-bit user password. The optional `bits` argument can",
  "    be used to specify a different size.",
  "LIST",
  "    Show users details in config file format.",
  "LOAD",
  "    Reload users from the ACL file.",
  "LOG [<count> | RESET]",
  "    Show the ACL log entries.",
  "SAVE",
  "    Save the current config to the ACL file.",
  "SETUSER <username> <attribute> [<attribute> ...]",
  "    Create or modify a user with the specified attributes.",
  "USERS",
  "    List all the registered usernames.",
  "WHOAMI",
  "    Return the current connection username.",
]);

export const acl = defineContainer({
  name: "ACL",
  group: "server",
  since: "6.0.0",
  arity: -2,
  complexity: "that of the subcommand",
  summary: "Commands about users and what they may do.",
  flags: [],
  subcommands: [cat, deluser, dryrun, genpass, getuser, help, list, load, log, save, setuser, users, whoami],
});
