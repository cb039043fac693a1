/** Writes docs/compatibility.md: what each profile knows, and where Redouble knowingly differs. `npm run compatibility`. */
import { writeFileSync } from "node:fs";
import { commands, commandExists, profiles, type Command, type ProfileName } from "../core/index.ts";
import { divergences } from "./divergences.ts";

const names = Object.keys(profiles) as ProfileName[];

/** The page, from the command table and the declared divergences. */
export function compatibilityPage(): string {
  const groups = [...new Set(commands.map(({ group }) => group))];
  return [
    "# Compatibility",
    "",
    "Generated from the command table and the declared differences by `npm run compatibility`; a test holds it to them.",
    "",
    "Redis 7.0.15, Redis 8.0.2 and Valkey 8.1.1 are asked themselves. Redis 7.2 and 7.4 have no server here: they follow from the",
    "releases in which things appeared, and lie between their neighbours.",
    "",
    "## Known differences",
    "",
    ...knownDifferences(),
    "",
    "## Commands",
    "",
    `A release without a command is named; all others of ${names.join(", ")} have it.`,
    "",
    ...groups.flatMap((group) => [`### ${group}`, "", ...commandLines(group), ""]),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

function knownDifferences(): string[] {
  const cases = divergences.map(({ reason, profiles: only }) => `- ${only ? `${only.join(", ")}: ` : ""}${reason}`);
  return [
    ...new Set(cases),
    "- COMMAND COUNT, COMMAND LIST and `COMMAND INFO` without names: the table holds the commands below.",
    "- CONFIG knows the parameters that something obeys, so `CONFIG GET *` is shorter.",
    "- INFO's sizes of memory are estimates in round numbers, its CPU times are zero, and so is what CLUSTER SLOT-STATS says of them.",
    "- CLIENT LIST shows buffer sizes that only a real server has as 0 or as constants.",
    "- DEBUG HELP lists what a real server lists, not only the subcommands that are here.",
    "- DEBUG SLEEP takes the simulated server's time, not yours.",
    "- VADD's REDUCE leaves at most 1,048,576 components; a real server leaves as many as it is asked for, or ends for want of memory.",
    "- A single argument of a request has at most 536,870,888 bytes, V8's longest string; a real server takes 24 more.",
  ];
}

function commandLines(group: string): string[] {
  return commands
    .filter((command) => command.group === group)
    .flatMap((command) => [command, ...command.subcommands].map((each) => [fullName(each, command), each] as const))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, command]) => line(name, command));
}

function fullName(command: Command, container: Command): string {
  return command === container ? command.name : `${container.name} ${command.name}`;
}

function line(name: string, command: Command): string {
  const missing = names.filter((profile) => !commandExists(command, profiles[profile]));
  return `- \`${name}\`${missing.length > 0 ? ` (not in ${missing.join(", ")})` : ""}`;
}

/** Writes the page to a file. */
export function writeCompatibilityPage(file: URL | string): void {
  writeFileSync(file, compatibilityPage());
}
