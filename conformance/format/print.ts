/** Writes replies the way a case file holds them: stated once where they are equal, under qualifiers where they differ. */
import { protocols, referenceProfile, type ProfileName, type Protocol, type Setting } from "../profiles.ts";
import type { Block } from "./case.ts";
import { escape, type Bytes } from "./escapes.ts";
import type { Expected } from "./expected.ts";
import { announcedCount } from "./reply.ts";

/** The lines of one reply. A space at the end of a line is escaped, for editors cut it off. */
export function printExpected(expected: Expected): string[] {
  switch (expected.kind) {
    case "line":
      return [printLine(expected.text)];
    case "bulk":
      return expected.payload === null
        ? [`${expected.type}-1`]
        : [`${expected.type}${expected.payload.length}`, printLine(expected.payload)];
    case "aggregate": {
      if (expected.items === null) return [`${expected.type}-1`];
      return [
        `${expected.type}${announcedCount(expected.type, expected.items.length)}`,
        ...expected.items.flatMap(printExpected),
      ];
    }
    case "any":
    case "any-integer":
      return [`~${expected.kind}`];
    case "match":
      return [`~match ${printLine(expected.glob)}`];
    case "capture":
      return [`~capture ${expected.name}`];
    case "within":
      return [`~within ${expected.distance}`, ...printExpected(expected.recorded)];
    case "unordered":
    case "map":
    case "fields":
    case "docs":
    case "info":
    case "lines":
    case "client":
    case "log":
      return [`~${expected.kind}`, ...printExpected(expected.recorded)];
    default:
      return expected satisfies never;
  }
}

function printLine(bytes: Bytes): string {
  return escape(bytes).replace(/ $/, String.raw`\x20`);
}

/** The replies of a step in one setting. */
export type Recorded = Setting & { readonly replies: readonly Expected[] };

/**
 * Groups what was recorded into as few blocks as say it: the reference profile's RESP2 reply bare, its RESP3 reply under
 * `@resp3` if another, and a block for each profile (or several that agree) that differs from those.
 */
export function groupReplies(recorded: readonly Recorded[]): Block[] {
  const reference = recorded.find(({ profile }) => profile === referenceProfile)?.profile ?? recorded.at(-1)?.profile;
  if (reference === undefined) return [];
  const inReference = new Map(protocols.map((protocol) => [protocol, find(recorded, reference, protocol)]));
  const base = inReference.get("resp2") ?? inReference.get("resp3");
  if (!base) return [];
  const blocks: Block[] = [{ profiles: [], replies: base.replies }];
  const resp3 = inReference.get("resp3");
  if (resp3 && printed(resp3) !== printed(base))
    blocks.push({ profiles: [], protocol: "resp3", replies: resp3.replies });

  const deviations = new Map<string, { profiles: ProfileName[]; protocol?: Protocol; replies: readonly Expected[] }>();
  for (const profile of new Set(recorded.map((one) => one.profile))) {
    const own = protocols.flatMap((protocol) => find(recorded, profile, protocol) ?? []);
    const differing = own.filter((one) => printed(one) !== printed(inReference.get(one.protocol) ?? base));
    const whole = differing.length > 0 && own.every((one) => printed(one) === printed(own[0] ?? one));
    for (const one of whole ? differing.slice(0, 1) : differing) {
      const key = `${whole ? "" : one.protocol} ${printed(one)}`;
      const known = deviations.get(key);
      if (known) known.profiles.push(profile);
      else
        deviations.set(key, {
          profiles: [profile],
          ...(whole ? {} : { protocol: one.protocol }),
          replies: one.replies,
        });
    }
  }
  return [...blocks, ...deviations.values()];
}

function find(recorded: readonly Recorded[], profile: ProfileName, protocol: Protocol): Recorded | undefined {
  return recorded.find((one) => one.profile === profile && one.protocol === protocol);
}

function printed({ replies }: Recorded): string {
  return replies.flatMap(printExpected).join("\n");
}

/** The lines of all blocks. A single block without replies is no lines at all. */
export function printBlocks(blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ profiles, protocol, replies }) => {
    const qualifier = [...profiles, ...(protocol ? [protocol] : [])].join(" ");
    return [...(qualifier ? [`@${qualifier}`] : []), ...replies.flatMap(printExpected)];
  });
}
