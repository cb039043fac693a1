// The command tables of servers. Tables hold no state: servers of one profile share theirs, unless a host adds to it.
import { CommandTable } from "../commands/command-table.ts";
import type { Command } from "../commands/command.ts";
import { commands } from "../commands/commands.ts";
import type { Profile, ProfileName } from "../commands/profile.ts";

const shared = new Map<ProfileName, CommandTable>();

/** @param others commands of the host, beside those of the profile */
export function tableOf(profile: Profile, others: readonly Command[] = []): CommandTable {
  if (others.length > 0) return new CommandTable([...commands, ...others], profile);
  const table = shared.get(profile.name) ?? new CommandTable(commands, profile);
  shared.set(profile.name, table);
  return table;
}
