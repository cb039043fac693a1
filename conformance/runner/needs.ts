/** Reads off a case's text what it may do to a server that it shares with other cases. */
import type { Case, Step } from "../format/case.ts";
import type { CaseNeeds } from "../targets/target.ts";

const known = new WeakMap<Case, CaseNeeds>();

/** What the case needs; worked out once. */
export function needsOf(subject: Case): CaseNeeds {
  let needs = known.get(subject);
  if (!needs) {
    const lines = subject.steps.map((step) => textOf(step).toUpperCase());
    needs = {
      alone: lines.some((line) =>
        /^(CLIENT|INFO|MONITOR|SLOWLOG|COMMANDLOG|LATENCY|ACL SETUSER DEFAULT)\b|\bMAXCLIENTS\b/.test(line),
      ),
      pauses: lines.some((line) => /^CLIENT PAUSE\b/.test(line)),
      scripts: lines.some((line) => /^(EVAL|SCRIPT|FUNCTION)/.test(line)),
      endless: lines.some((line) => /\bWHILE TRUE\b/.test(line)),
      configures: lines.some((line) => /^(CONFIG SET|DEBUG)\b/.test(line)),
      fresh: lines.some((line) => /^(ACL (SETUSER|DELUSER|LOAD|LOG)|SLOWLOG|COMMANDLOG|LATENCY)\b/.test(line)),
    };
    known.set(subject, needs);
  }
  return needs;
}

/** The words of a step, or its raw bytes. */
export function textOf(step: Step): string {
  if (step.kind === "command" || step.kind === "scan")
    return step.words.map((word) => ("bytes" in word ? word.bytes : "")).join(" ");
  return step.kind === "raw" ? step.chunks.join("") : "";
}
