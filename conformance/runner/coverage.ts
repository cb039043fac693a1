/** Which commands and option tokens no case speaks of. */
import type { Case } from "../format/case.ts";
import { calls, commandLines, type CommandFacts } from "./command-docs.ts";

/** A report: for each group how many commands have cases, then what is missing in groups that were begun. */
export function coverageLines(commands: readonly CommandFacts[], cases: readonly Case[]): string[] {
  const lines = cases.flatMap(commandLines);
  const groups = new Map<string, { covered: number; missing: string[]; tokens: string[] }>();
  for (const { name, group, options } of commands) {
    const tally = groups.get(group) ?? { covered: 0, missing: [], tokens: [] };
    groups.set(group, tally);
    const own = lines.filter((words) => calls(words, name));
    if (own.length === 0) {
      tally.missing.push(name);
      continue;
    }
    tally.covered++;
    const unused = options.filter(({ token }) => !own.some((words) => words.includes(token)));
    tally.tokens.push(...unused.map(({ token }) => `${name} ${token}`));
  }
  return [...groups]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([group, { covered, missing, tokens }]) => [
      `${group.padEnd(14)} ${covered} of ${covered + missing.length} commands have cases`,
      ...(covered > 0 && missing.length > 0 ? [`${" ".repeat(15)}without: ${missing.join(", ")}`] : []),
      ...(tokens.length > 0 ? [`${" ".repeat(15)}options never used: ${tokens.join(", ")}`] : []),
    ]);
}
