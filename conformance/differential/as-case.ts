/** What several clients did, printed as a case that `--rewrite` can fill in. */
import { escape, type Bytes } from "../format/escapes.ts";
import type { Protocol } from "../profiles.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import { listenerName, listenerRequests, type Happening } from "./company.ts";
import { clientNames, type ClientName } from "./interleaving.ts";

/** The lines of a case; each client speaks the protocol that was drawn for it. */
export function caseOf(
  happenings: readonly Happening[],
  protocols: Readonly<Record<ClientName, Protocol>>,
): readonly string[] {
  const acting = clientNames.filter((name) => happenings.some(({ act }) => "by" in act && act.by === name));
  const asked = happenings.flatMap(({ act }) => ("requests" in act ? act.requests.flat() : []));
  const meant = clientNames.filter((name) => asked.includes(`$${name}`));
  const same = new Set(acting.map((name) => protocols[name])).size === 1;
  return [
    "== Found by comparing",
    ...(same && acting[0] ? [`only ${protocols[acting[0]]}`] : ["only resp2"]),
    "> DEBUG SET-ACTIVE-EXPIRE 0",
    ...listenerRequests.map((words) => `${listenerName}> ${words.map(quoted).join(" ")}`),
    ...(same ? [] : acting.filter((name) => protocols[name] === "resp3").map((name) => `${name}> HELLO 3`)),
    ...meant.flatMap((name) => [`${name}> CLIENT ID`, `~capture ${name}`]),
    ...happenings.flatMap(linesOf),
  ];
}

function linesOf({ act, got }: Happening): readonly string[] {
  const by = "by" in act ? act.by : undefined;
  const others = got.flatMap(([name]) => (name === by ? [] : [`${name} gets`]));
  if ("advanceMs" in act) return [`advance ${act.advanceMs}`, ...others];
  if ("leaves" in act) return [`${act.by} close`, ...others];
  const [only, ...more] = act.requests;
  if (only !== undefined && more.length === 0) return [`${act.by}> ${only.map(quoted).join(" ")}`, ...others];
  const bytes = act.requests.map((words) => `"${escaped(encodeCommand(words))}"`);
  return [`${act.by} raw> ${bytes.join(" ")}`, ...others];
}

function quoted(word: Bytes): string {
  return /^[\w:*.#$+()[<>=~-]+$/.test(word) ? word : `"${escaped(word)}"`;
}

function escaped(bytes: Bytes): string {
  return escape(bytes).replaceAll('"', '\\"');
}
