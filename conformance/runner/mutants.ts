/** Tries the cases themselves: whatever option a server would ignore, at least one case has to notice. */
import type { Case } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import { applies, protocols } from "../profiles.ts";
import type { Target, TargetMaker } from "../targets/target.ts";
import { calls, commandLines, type CommandFacts, type OptionToken } from "./command-docs.ts";
import { runCase, type RunOptions } from "./run-case.ts";

export type Mutant = { readonly command: string; readonly token: string };

export type MutantsResult = { readonly noticed: number; readonly survivors: readonly Mutant[] };

/**
 * For every option token of every command that has cases, runs those cases with the option (its arguments included) taken
 * out on the way to the server, as if the server did not know it. A mutant survives when no case fails that passes
 * otherwise.
 */
export async function tryMutants(
  maker: TargetMaker,
  commands: readonly CommandFacts[],
  cases: readonly Case[],
): Promise<MutantsResult> {
  const target = maker.make([]);
  await target.start();
  const survivors: Mutant[] = [];
  let noticed = 0;
  try {
    const plain: Case[] = [];
    for (const subject of cases) {
      if (subject.file.config.length === 0 && !subject.file.topology && !(await fails(target, subject)))
        plain.push(subject);
    }
    for (const { name, options } of commands) {
      const own = plain.filter((subject) => commandLines(subject).some((words) => calls(words, name)));
      if (own.length === 0) continue;
      for (const option of new Map(options.map((one) => [one.token, one])).values()) {
        const speaking = own.filter((subject) => commandLines(subject).some((words) => words.includes(option.token)));
        if (await isNoticed(target, speaking, name, option)) noticed++;
        else survivors.push({ command: name, token: option.token });
      }
    }
  } finally {
    await target.stop();
  }
  return { noticed, survivors };
}

async function isNoticed(target: Target, cases: readonly Case[], name: string, option: OptionToken): Promise<boolean> {
  for (const subject of cases)
    if (await fails(target, subject, (args) => withoutOption(args, name, option))) return true;
  return false;
}

async function fails(target: Target, subject: Case, alter?: RunOptions["alter"]): Promise<boolean> {
  for (const protocol of protocols) {
    if (!applies(subject.where, { profile: target.profile, protocol })) continue;
    const { failure } = await runCase(subject, target, { protocol, mode: "verify", ...(alter && { alter }) });
    if (failure) return true;
  }
  return false;
}

function withoutOption(args: readonly Bytes[], name: string, { token, words }: OptionToken): readonly Bytes[] {
  const capitals = args.map((arg) => arg.toUpperCase());
  if (!calls(capitals, name)) return args;
  const kept = [...args];
  const first = name.split("|").length;
  for (let at = kept.length - 1; at >= first; at--) if (capitals[at] === token) kept.splice(at, words);
  return kept;
}
