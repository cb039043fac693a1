// `redouble scenarios list`, `run NAME` and `check`: the failure stories, from the command line.
import { Command, InvalidArgumentError } from "commander";
import type { CheckFlags, RunFlags } from "./play-scenarios.ts";

/** The subcommand, ready to be added to a program. */
export function scenariosCommand(): Command {
  const command = new Command("scenarios").description(
    "Failure stories: what goes wrong, a way that fails, a way that holds.",
  );
  command
    .command("list")
    .description("Names every story.")
    .action(async () => (await stories()).list());
  command
    .command("run")
    .description("Plays a story, and exits with 1 when something is wrong in the end.")
    .argument("<name>", "as `list` prints it")
    .option("--seed <seed>", "the first seed; everything random follows from it", "1")
    .option("--seeds <number>", "so many seeds, one after the other", whole, 1)
    .option("--implementation <file>", "a module whose default export takes the place of the story's own way")
    .option("--naive", "play the way that fails", false)
    .action(async (name: string, flags: RunFlags) => await (await stories()).run(name, flags));
  command
    .command("check")
    .description(
      "Plays both ways of stories with many seeds: the right one must hold with each, the naive one with none.",
    )
    .argument("[names...]", "as `list` prints them; all of them where none is named")
    .option("--seed <number>", "the first seed", whole, 1)
    .option("--seeds <number>", "how many, one after the other", whole, 10)
    .action(async (names: readonly string[], flags: CheckFlags) => await (await stories()).check(names, flags));
  return command;
}

/** Loaded when they are asked for: they bring a client along, which nobody who serves needs. */
const stories = async () => await import("./play-scenarios.ts");

function whole(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1 on.");
  return Number(text);
}
