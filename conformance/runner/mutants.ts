/** Tries the cases themselves: whatever option a server would ignore, at least one case has to notice. */
import type { Case, CaseFile } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import { applies, protocols } from "../profiles.ts";
import type { Target, TargetMaker } from "../targets/target.ts";
import { calls, commandLines, type CommandFacts, type OptionToken } from "./command-docs.ts";
import { runCase, type RunOptions } from "./run-case.ts";
import { groupByStart } from "./suite.ts";

export type Mutant = { readonly command: string; readonly token: string };

export type MutantsResult = { readonly noticed: number; readonly survivors: readonly Mutant[] };

/**
 * For every option token of every command that has cases, runs those cases with the option (its arguments included) taken
 * out on the way to the server, as if the server did not know it. A mutant survives when no case fails that passes
 * otherwise. Deployments have their say as single servers have: a cluster's commands are spoken of nowhere else.
 */
export async function tryMutants(
  maker: TargetMaker,
  commands: readonly CommandFacts[],
  cases: readonly Case[],
): Promise<MutantsResult> {
  const trials = new Trials(maker, cases);
  const survivors: Mutant[] = [];
  let noticed = 0;
  try {
    for (const { name, options } of commands) {
      if (!(await trials.know(name))) continue;
      for (const option of new Map(options.map((one) => [one.token, one])).values()) {
        if (await trials.notice(name, option)) noticed++;
        else survivors.push({ command: name, token: option.token });
      }
    }
  } finally {
    await trials.stop();
  }
  return { noticed, survivors };
}

/** A case, the words of its commands, and the target that it runs against. */
type Trial = { readonly subject: Case; readonly lines: readonly (readonly string[])[]; readonly target: Target };

/** The cases on their targets: each target is started once, each case played once as it stands, and only if it is needed. */
class Trials {
  readonly #trials: readonly Trial[];
  readonly #started = new Set<Target>();
  readonly #passing = new Map<Case, Promise<boolean>>();

  constructor(maker: TargetMaker, cases: readonly Case[]) {
    const groups = groupByStart(cases).filter(([{ file }]) => maker.kind !== "external" || startsPlainly(file));
    // Whoever is asked first is asked most: single servers are quicker than deployments.
    this.#trials = groups
      .toSorted(([a], [b]) => costOf(a.file) - costOf(b.file))
      .flatMap((group) => {
        const target = maker.make(group[0].file.config, group[0].file.topology, group[0].file.files);
        return group.map((subject) => ({ subject, lines: commandLines(subject), target }));
      });
  }

  /** Whether any case that passes calls the command. */
  async know(name: string): Promise<boolean> {
    for (const trial of this.calling(name)) if (await this.passes(trial)) return true;
    return false;
  }

  /** Whether any case that passes fails without the option. */
  async notice(name: string, option: OptionToken): Promise<boolean> {
    for (const trial of this.calling(name)) {
      if (!trial.lines.some((words) => calls(words, name) && words.includes(option.token))) continue;
      if (!(await this.passes(trial))) continue;
      if (await fails(trial, (args) => withoutOption(args, name, option))) return true;
    }
    return false;
  }

  async stop(): Promise<void> {
    for (const target of this.#started) await target.stop();
  }

  private calling(name: string): readonly Trial[] {
    return this.#trials.filter(({ lines }) => lines.some((words) => calls(words, name)));
  }

  private async passes(trial: Trial): Promise<boolean> {
    const { subject, target } = trial;
    if (!this.#started.has(target)) {
      await target.start();
      this.#started.add(target);
    }
    const known = this.#passing.get(subject) ?? fails(trial).then((failed) => !failed);
    this.#passing.set(subject, known);
    return await known;
  }
}

const startsPlainly = ({ config, topology }: CaseFile): boolean => config.length === 0 && !topology;

const costOf = ({ config, topology }: CaseFile): number => (topology ? 2 : config.length > 0 ? 1 : 0);

async function fails({ subject, target }: Trial, alter?: RunOptions["alter"]): Promise<boolean> {
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
