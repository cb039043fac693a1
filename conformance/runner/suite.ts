/** Runs cases over targets and protocols, and adds up what was seen. */
import { networkInterfaces } from "node:os";
import { divergences, type Divergence } from "../divergences.ts";
import { overIpv6, type Case, type Replies } from "../format/case.ts";
import type { MatcherName } from "../format/expected.ts";
import { applies, protocols, type ProfileName, type Protocol } from "../profiles.ts";
import { startTimeMs, type Target, type TargetMaker } from "../targets/target.ts";
import { needsOf, textOf } from "./needs.ts";
import type { Answer, Recording } from "./record.ts";
import { runCase, type Failure, type Outcome } from "./run-case.ts";

/** Nobody has in hand what several processes draw by chance, as in elections: what differs on them counts when it differs so many times. */
const PLAYS_ON_DEPLOYMENTS = 3;

export type CaseFailure = {
  readonly case: Case;
  readonly target: Target["kind"];
  readonly profile: ProfileName;
  readonly protocol: Protocol;
  readonly failure: Failure;
};

export type Result = {
  readonly runs: ReadonlyMap<TargetMaker, number>;
  readonly cases: ReadonlySet<Case>;
  readonly comparisons: number;
  readonly matchers: ReadonlyMap<MatcherName, number>;
  readonly failures: readonly CaseFailure[];
  /** Failures that divergences.ts foresees. */
  readonly declared: readonly CaseFailure[];
  /** Divergences whose cases all ran on the simulated target and none of which differed. */
  readonly mended: readonly Divergence[];
  /** Runs left out because the server is not in our hands. */
  readonly leftOut: number;
  /** Runs on real deployments that differed and were played again. */
  readonly replayed: number;
  /** Cases left out because this machine has no IPv6. */
  readonly withoutIpv6: number;
  readonly recording: Recording;
};

export type SuiteOptions = {
  readonly cases: readonly Case[];
  readonly makers: readonly TargetMaker[];
  readonly mode: "verify" | "record";
  /** Cases that apply in both protocols run in one of them, in turn. Default: in both. */
  readonly protocolsInTurn?: boolean;
};

/** Runs every case wherever it applies. Targets run beside each other, the cases of one target one after another. */
export async function runSuite({ cases, makers, ...options }: SuiteOptions): Promise<Result> {
  const tally = new Tally();
  await Promise.all(makers.map((maker) => runTarget(maker, cases, options, tally)));
  const simulated = makers.filter(({ kind }) => kind === "simulated").map(({ profile }) => profile);
  return {
    ...tally.result(),
    mended: options.mode === "verify" ? mendedDivergences(cases, simulated, tally.declared) : [],
  };
}

class Tally {
  result(): Omit<Result, "mended"> {
    const { runs, cases, comparisons, matchers, failures, declared, leftOut, replayed, withoutIpv6, recording } = this;
    return { runs, cases, comparisons, matchers, failures, declared, leftOut, replayed, withoutIpv6, recording };
  }

  readonly runs = new Map<TargetMaker, number>();
  readonly cases = new Set<Case>();
  comparisons = 0;
  leftOut = 0;
  replayed = 0;
  withoutIpv6 = 0;
  readonly matchers = new Map<MatcherName, number>();
  readonly failures: CaseFailure[] = [];
  readonly declared: CaseFailure[] = [];
  readonly recording = new Map<Replies, Answer[]>();

  add(maker: TargetMaker, subject: Case, protocol: Protocol, outcome: Outcome): void {
    this.cases.add(subject);
    this.runs.set(maker, (this.runs.get(maker) ?? 0) + 1);
    this.comparisons += outcome.comparisons;
    for (const [matcher, count] of outcome.matchers)
      this.matchers.set(matcher, (this.matchers.get(matcher) ?? 0) + count);
    for (const [step, replies] of outcome.recorded) {
      const answers = this.recording.get(step) ?? [];
      this.recording.set(step, [...answers, { profile: maker.profile, protocol, replies }]);
    }
    if (!outcome.failure) return;
    const failure = { case: subject, target: maker.kind, profile: maker.profile, protocol, failure: outcome.failure };
    const foreseen =
      maker.kind === "simulated" && divergences.some((divergence) => covers(divergence, subject, maker.profile));
    (foreseen ? this.declared : this.failures).push(failure);
  }
}

async function runTarget(
  maker: TargetMaker,
  cases: readonly Case[],
  { mode, protocolsInTurn = false }: Omit<SuiteOptions, "cases" | "makers">,
  tally: Tally,
): Promise<void> {
  let turn = 0;
  for (const group of groupByStart(cases)) {
    const { config, topology, files } = group[0].file;
    if (maker.kind === "real" && !hasIpv6 && config.some(bindsIpv6)) {
      tally.withoutIpv6 += group.length;
      continue;
    }
    const target = maker.make(config, topology, files);
    const plays = mode === "verify" && topology && target.kind === "real" ? PLAYS_ON_DEPLOYMENTS : 1;
    const play = async (subject: Case, protocol: Protocol): Promise<Outcome> => {
      for (let left = plays - 1; ; left--) {
        const outcome = await runCase(subject, target, { protocol, mode });
        if (!outcome.failure || left === 0) return outcome;
        tally.replayed++;
      }
    };
    await target.start();
    try {
      for (const subject of group) {
        const applying = protocols.filter((protocol) => applies(subject.where, { profile: maker.profile, protocol }));
        const chosen = protocolsInTurn && applying.length > 1 ? [applying[turn++ % applying.length]!] : applying;
        for (const protocol of chosen) {
          if (!target.inHand && wantsServerInHand(subject)) tally.leftOut++;
          else tally.add(maker, subject, protocol, await play(subject, protocol));
        }
      }
    } finally {
      await target.stop();
    }
  }
}

/** Not every machine has it; the simulated side needs none. */
const hasIpv6 = Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === overIpv6));

function bindsIpv6([name, value]: readonly [string, string]): boolean {
  return name === "bind" && value.includes(overIpv6);
}

/** Cases that start with the same configuration and topology, and so can have the same target, one after another. */
export type Group = readonly [Case, ...Case[]];

/** All cases, in groups. */
export function groupByStart(cases: readonly Case[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const subject of cases) {
    const { config, topology, files } = subject.file;
    const key = JSON.stringify([config, topology, files]);
    const group = groups.get(key);
    groups.set(key, group ? [...group, subject] : [subject]);
  }
  return [...groups.values()];
}

/** How numbers begin that mean an instant near the start, or the longest time that can follow it. */
const instants = [String(startTimeMs).slice(0, 5), String(2n ** 63n - BigInt(startTimeMs)).slice(0, 10)];

/** True for a case that turns the clock, counts the milliseconds left, names an instant near the one at which cases start, or changes the server itself. */
function wantsServerInHand(subject: Case): boolean {
  const { alone, pauses, endless, configures } = needsOf(subject);
  if (alone || pauses || endless || configures || subject.file.config.length > 0 || subject.file.topology) return true;
  return subject.steps.some((step) => {
    const text = textOf(step);
    return step.kind === "advance" || /^P?TTL /.test(text) || instants.some((digits) => text.includes(digits));
  });
}

/** Whether any profile is said to differ in a case. */
export function isDeclared(subject: Case): boolean {
  return divergences.some((divergence) => covers(divergence, subject));
}

function covers(divergence: Divergence, subject: Case, profile?: ProfileName): boolean {
  if (profile !== undefined && divergence.profiles?.includes(profile) === false) return false;
  const pattern = divergence.case
    .split("*")
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
    .join(".*");
  return new RegExp(`^${pattern}$`).test(`${subject.file.path} == ${subject.title}`);
}

function mendedDivergences(
  cases: readonly Case[],
  simulated: readonly ProfileName[],
  declared: readonly CaseFailure[],
): Divergence[] {
  return divergences.filter((divergence) => {
    const ran = cases.some((subject) => simulated.some((profile) => covers(divergence, subject, profile)));
    return ran && !declared.some((failure) => covers(divergence, failure.case, failure.profile));
  });
}
