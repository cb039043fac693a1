/** The two hunts: Redouble alone must survive everything; beside a real server it must answer the same bytes. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { escape, type Bytes } from "../format/escapes.ts";
import { readCommandFacts } from "../runner/command-docs.ts";
import { turnEventLoop } from "../targets/socket.ts";
import type { TargetMaker } from "../targets/target.ts";
import { judge } from "./deterministic.ts";
import { expectReplies, replay, runSession, session, type Segment, type Session } from "./session.ts";

/** The heap may be larger by this much than at the start while frames run. */
export const heapBoundBytes = 256 * 2 ** 20;

/** And by this much when all servers are gone and the garbage is collected. */
export const heldBoundBytes = 32 * 2 ** 20;

/** One bit far away would make a string of 512 MB, as it does on a real server: here strings end sooner. */
const modest = [["proto-max-bulk-len", "1mb"]] as const;

/** Keys whose time is over go when somebody looks, on both sides: a real server's cycle would come upon them by chance. */
const lazy: readonly Bytes[] = ["DEBUG", "SET-ACTIVE-EXPIRE", "0"];

export type HuntOptions = {
  readonly frames: number;
  readonly seed: number;
  /** Called between batches, and before each session: whoever listens sees that nothing hangs. */
  readonly onProgress?: (progress: { readonly frames: number; readonly heapBytes: number }) => void;
};

export type Found = { readonly frames: number; readonly mostHeapBytes: number; readonly heldBytes: number };

/** Sends frames of every kind to Redouble until there were enough. Throws what fast-check has shrunk. */
export async function hunt(makers: readonly TargetMaker[], { frames, seed, onProgress }: HuntOptions): Promise<Found> {
  const targets = makers.map((maker) => maker.make(modest));
  for (const target of targets) await target.start();
  const anything = session({ allowed: () => true, longest: 70_000 });
  const start = collected();
  let sent = 0;
  let mostHeapBytes = 0;
  for (let batch = 0; sent < frames; batch++) {
    const details = await fc.check(
      fc.asyncProperty(anything, fc.constantFrom(...targets), async (subject, target) => {
        const segments = await runSession(target, subject);
        expectReplies(segments);
        sent += subject.frames.length;
        const heapBytes = heap() - start;
        mostHeapBytes = Math.max(mostHeapBytes, heapBytes);
        if (heapBytes > heapBoundBytes && collected() - start > heapBoundBytes)
          throw new Error(`the heap has grown by ${heapBytes} bytes`);
        onProgress?.({ frames: sent, heapBytes });
      }),
      { numRuns: Math.ceil(Math.min(10_000, frames - sent) / 30), seed: seed + batch },
    );
    if (details.failed) throw failure(details, details.counterexample?.[0]);
  }
  for (const target of targets) await target.stop();
  // The memory of WebAssembly is given back in a turn of its own, behind the collection that found it free.
  collected();
  await turnEventLoop();
  const heldBytes = collected() - start;
  if (heldBytes > heldBoundBytes) throw new Error(`${heldBytes} bytes are held when all is over`);
  return { frames: sent, mostHeapBytes, heldBytes };
}

/** Sends the same frames to Redouble and to a real server. Throws the shortest session that they answer differently. */
export async function huntBeside(
  { simulated, real }: { readonly simulated: TargetMaker; readonly real: TargetMaker },
  { frames, seed, onProgress }: HuntOptions,
): Promise<{ readonly frames: number; readonly replyBytes: number }> {
  const [ours, theirs] = [simulated.make([]), real.make([])];
  await Promise.all([ours.start(), theirs.start()]);
  try {
    const foreign = await foreignCommands(simulated, real);
    const askable = judge(real.profile, foreign);
    const alike = session({ allowed: askable.frame, longest: 8_000 });
    let sent = 0;
    let replyBytes = 0;
    for (let batch = 0; sent < frames; batch++) {
      const details = await fc.check(
        fc.asyncProperty(alike, async (subject) => {
          const segments = await runSession(ours, subject, lazy);
          expectReplies(segments);
          if (segments.some((segment) => !askable.connection(segment.sent))) return;
          const answers = await replay(theirs, subject.protocol, segments, lazy);
          for (const [index, segment] of segments.entries()) {
            const answer = answers[index];
            if (segment.answered !== answer?.answered || segment.closed !== answer.closed)
              throw new Error(difference(segment, answer));
            replyBytes += segment.answered.length;
          }
          sent += subject.frames.length;
          onProgress?.({ frames: sent, heapBytes: 0 });
        }),
        { numRuns: Math.ceil(Math.min(3_000, frames - sent) / 30), seed: seed + batch },
      );
      if (details.failed) throw failure(details, details.counterexample?.[0]);
    }
    return { frames: sent, replyBytes };
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** The names of commands, and of subcommands, that only one of the two has. */
async function foreignCommands(one: TargetMaker, other: TargetMaker): Promise<string[]> {
  const names = async (maker: TargetMaker) =>
    new Set((await readCommandFacts(maker)).map(({ name }) => name.split("|")[0] ?? ""));
  const [left, right] = await Promise.all([names(one), names(other)]);
  return [...left, ...right].filter((name) => !left.has(name) || !right.has(name));
}

function difference(ours: Segment, theirs: Segment | undefined): string {
  const [left, right] = [ours.answered, theirs?.answered ?? ""];
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  const show = (text: string, closed?: boolean) => escape(text.slice(same, same + 300)) + (closed ? " (closed)" : "");
  return [
    `the answers part after ${escape(left.slice(Math.max(0, same - 60), same))}; Redouble goes on with`,
    `    ${show(left, ours.closed)}`,
    "  and the server with",
    `    ${show(right, theirs?.closed)}`,
  ].join("\n");
}

type Details = { readonly seed: number; readonly numShrinks: number; readonly errorInstance: unknown };

/** A failure with its shortest session, as a case ready for `--rewrite`. */
function failure({ seed, numShrinks, errorInstance }: Details, subject: Session | undefined): Error {
  const error = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  const lines = subject ? caseLines(subject) : [];
  return new Error([`seed ${seed}, shrunk ${numShrinks} times: ${error}`, "", ...lines].join("\n"));
}

/** The session as a case file has it, without replies. */
function caseLines({ protocol, frames }: Session): string[] {
  let connection = 0;
  return [
    `== Found by fuzzing`,
    `only ${protocol}`,
    ...frames.flatMap(({ chunks, last }) => {
      const name = connection === 0 ? "" : `c${connection} `;
      const line = `${name.trim()}raw> ${chunks.map((chunk) => `"${escape(chunk).replaceAll('"', '\\"')}"`).join(" ")}`;
      if (!last) return [line];
      connection++;
      return [line, `${name}close`];
    }),
  ];
}

const heap = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

function collected(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return heap();
}
