// How the permitted commands of a selector are printed back: as the rules were given, or, before 7.2, by what came of them.
import type { Bytes } from "../../kernel/bytes.ts";
import { categories, categoriesOf } from "../../commands/acl/categories.ts";
import type { AclCategory } from "../../commands/command.ts";
import type { CommandTable, ResolvedCommand } from "../../commands/command-table.ts";
import { CommandRules } from "./command-rules.ts";

/** `-@all +get -@dangerous`. */
export function describeCommands(rules: CommandRules, table: CommandTable): Bytes {
  const words = table.profile.can.keepsRules ? rules.words : found(rules, table);
  return [rules.permitsFuture ? "+@all" : "-@all", ...words].join(" ");
}

/**
 * Rules that come to the same: the categories that fit best, one after another, then command by command what still differs
 * (ACLDescribeSelectorCommandRules of 7.0). Single commands come in the table's order; a real server has none.
 */
function found(rules: CommandRules, table: CommandTable): readonly Bytes[] {
  const adds = !rules.permitsFuture;
  const reached = new CommandRules(table);
  reached.setAll(!adds);
  const left = rules.clone();
  const words: Bytes[] = [];
  const applied = new Set<AclCategory>();
  for (;;) {
    const best = bestCategory(left, table, { adds, applied });
    if (best === undefined) break;
    reached.setCategory(best, adds);
    left.setCategory(best, !adds);
    applied.add(best);
    words.push(`${adds ? "+" : "-"}@${best}`);
  }
  for (const command of table.everyForm()) words.push(...remaining(command, rules, reached));
  return words;
}

interface Search {
  /** Whether the rules begin with nothing, and add. */
  readonly adds: boolean;
  readonly applied: ReadonlySet<AclCategory>;
}

/** The category with the fewest commands that would be wrong, and of those the one with the most that are right. */
function bestCategory(left: CommandRules, table: CommandTable, { adds, applied }: Search): AclCategory | undefined {
  let best: AclCategory | undefined;
  let leastWrong = Number.POSITIVE_INFINITY;
  let mostRight = 0;
  for (const category of categories) {
    if (applied.has(category)) continue;
    let permitted = 0;
    let others = 0;
    for (const command of table.everyForm()) {
      if (!categoriesOf(command).includes(category)) continue;
      if (left.permitsAlways(command)) permitted++;
      else others++;
    }
    const right = adds ? permitted : others;
    const wrong = adds ? others : permitted;
    if (right <= wrong) continue;
    if (wrong < leastWrong || (wrong === leastWrong && right > mostRight)) {
      best = category;
      leastWrong = wrong;
      mostRight = right;
    }
  }
  return best;
}

function remaining(command: ResolvedCommand, rules: CommandRules, reached: CommandRules): readonly Bytes[] {
  const permitted = rules.permitsAlways(command);
  const words: Bytes[] = [];
  if (permitted !== reached.permitsAlways(command)) {
    words.push(`${permitted ? "+" : "-"}${command.fullName}`);
    reached.setCommand(command, permitted);
  }
  if (!permitted) for (const first of rules.firstArguments(command)) words.push(`+${command.fullName}|${first}`);
  return words;
}
