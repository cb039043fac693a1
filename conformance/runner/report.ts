/** Tells on the terminal what ran, what differed, and how to see it again. */
import pc from "picocolors";
import { repliesIn } from "../format/case.ts";
import { quoteWord, type Word } from "../format/escapes.ts";
import { printExpected } from "../format/print.ts";
import type { Step } from "../format/case.ts";
import { nameOf } from "./load-cases.ts";
import type { CaseFailure, Result } from "./suite.ts";

/** How many steps before a failure are shown. */
const shownSteps = 6;

/** The whole report, line by line. */
export function reportLines(result: Result, shown = 20): string[] {
  const lines: string[] = [];
  for (const failure of result.failures.slice(0, shown)) lines.push(...failureLines(failure), "");
  if (shown > 0 && result.failures.length > shown) lines.push(`... and ${result.failures.length - shown} more`, "");
  for (const divergence of result.mended) {
    lines.push(
      pc.red(
        `divergences.ts declares ${JSON.stringify(divergence.case)}, but nothing differs there any more: take it out`,
      ),
    );
  }
  for (const [maker, runs] of result.runs)
    lines.push(`${maker.kind.padEnd(9)} ${maker.profile.padEnd(10)} ${runs} runs  ${pc.dim(maker.description)}`);
  if (result.replayed > 0) lines.push(`${result.replayed} runs on real deployments differed and were played again`);
  if (result.withoutIpv6 > 0)
    lines.push(`${result.withoutIpv6} cases left out: they need IPv6, which this machine has not`);
  if (result.leftOut > 0)
    lines.push(`${result.leftOut} runs left out: they turn the clock, change the configuration, or count the clients`);
  const matchers = [...result.matchers]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, count]) => `${count} ~${name}`);
  lines.push(
    `${result.cases.size} cases, ${result.comparisons} comparisons${matchers.length > 0 ? `, of them by matcher: ${matchers.join(", ")}` : ""}`,
  );
  if (result.declared.length > 0) lines.push(`${result.declared.length} runs differ as divergences.ts declares`);
  lines.push(
    result.failures.length > 0 ? pc.red(`${result.failures.length} runs differ`) : pc.green("no undeclared difference"),
  );
  return lines;
}

/** One line for each step that differs: where, in which settings, and the first line of what differs. */
export function briefLines(failures: readonly CaseFailure[]): string[] {
  const steps = new Map<string, { settings: string[]; failure: CaseFailure["failure"] }>();
  for (const { case: subject, target, profile, protocol, failure } of failures) {
    const place = `${subject.file.path}:${failure.step.line}`;
    const known = steps.get(place) ?? { settings: [], failure };
    known.settings.push(`${target === "simulated" ? "" : `${target} `}${profile} ${protocol}`);
    steps.set(place, known);
  }
  return [...steps]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([place, { settings, failure }]) => {
      const at = failure.expected.findIndex((line, index) => line !== failure.actual[index]);
      const index = at < 0 ? failure.expected.length : at;
      const differs = `${failure.expected[index] ?? "(no more)"} ≠ ${failure.actual[index] ?? "(no more)"}`;
      const shownSettings = settings.length > 3 ? `${settings.length} settings` : settings.join(", ");
      return `${place}  ${stepLine(failure.step).slice(0, 70)}  ${differs.slice(0, 200)}  ${pc.dim(`(${shownSettings})`)}`;
    });
}

/** One failure: where, what led to it, what was expected and what came, and the line to paste to see it again. */
export function failureLines({ case: subject, target, profile, protocol, failure }: CaseFailure): string[] {
  const upTo = subject.steps.filter((step) => step.line <= failure.step.line);
  return [
    pc.red(
      `conformance/cases/${subject.file.path}:${failure.step.line}  ${subject.title}  (${target} ${profile} ${protocol})`,
    ),
    ...(upTo.length > shownSteps ? [pc.dim("    ...")] : []),
    ...upTo
      .slice(-shownSteps)
      .flatMap((step) => [
        `    ${stepLine(step)}`,
        ...(step === failure.step ? [] : pastReplies(step, { profile, protocol })),
      ]),
    pc.dim("  expected"),
    ...failure.expected.map((line) => pc.green(`    ${line}`)),
    pc.dim("  actual"),
    ...failure.actual.map((line) => pc.red(`    ${line}`)),
    pc.dim(
      `  npx tsx conformance/cli.ts --targets ${target} --profile ${profile} --filter ${JSON.stringify(nameOf(subject).split(" == ")[0])}`,
    ),
  ];
}

function pastReplies(step: Step, setting: Parameters<typeof repliesIn>[1]): string[] {
  if (!("replies" in step)) return [];
  return (repliesIn(step.replies, setting) ?? []).flatMap(printExpected).map((line) => pc.dim(`    ${line}`));
}

function wordsLine(words: readonly Word[]): string {
  return words.map((word) => ("bytes" in word ? quoteWord(word.bytes) : `$${word.captured}`)).join(" ");
}

/** A step as its file has it. */
export function stepLine(step: Step): string {
  const awaited = "withinMs" in step ? `await ${step.withinMs} ` : "";
  return awaited + ownLine(step);
}

function ownLine(step: Step): string {
  if (step.kind === "advance") return `advance ${step.ms}`;
  if (step.kind === "act") return `${step.act} ${step.server}`;
  if (step.kind === "lay") return `lay ${step.server} ${step.path} ${quoteWord(step.content)}`;
  if (step.kind === "file" || step.kind === "files") return `${step.kind} ${step.server} ${step.path}`;
  const subject = step.connection === "" ? "" : `${step.connection} `;
  switch (step.kind) {
    case "command":
      return `${step.connection}> ${wordsLine(step.words)}`;
    case "scan":
      return `${subject}scan> ${wordsLine(step.words)}`;
    case "raw":
      return `${subject}raw> ${step.chunks.map(quoteWord).join(" ")}`;
    default:
      return `${subject}${step.kind}`;
  }
}
