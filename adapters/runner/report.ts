// What a failing test shows of its server: the last commands with their virtual times, the faults, the seed.
import type { Redouble } from "../redouble.ts";
import { showArgument, showDuration } from "./show.ts";

export interface ReportOptions {
  /** The server's time when the test began. */
  readonly startTime: number;
  /** How many commands to show. */
  readonly last: number;
}

/** Lines to stand below the message of a failing test. */
export function reportOf(redouble: Redouble, { startTime, last }: ReportOptions): string {
  const received = redouble.commands;
  const said = received.filter((command) => !isGreeting(command));
  const commands = said.length > 0 ? said : received;
  const shown = commands.slice(-last);
  const now = redouble.clock.now - startTime;
  const several = redouble.servers.size > 1;
  const width = several ? Math.max(...shown.map(({ server }) => server.length)) + 2 : 0;
  const lines = [
    headline({ shown: shown.length, all: commands.length, greetings: received.length - commands.length, several }),
    ...shown.map((command) => lineOf(command, { startTime, width })),
  ];
  if (shown.length > 0) lines.push(`  ${stamp(now)}  now, and the test failed`);
  lines.push(...waitingOf(redouble));
  for (const fault of redouble.faults.describe()) lines.push(`  fault ${fault}`);
  lines.push(`  seed ${redouble.seed}, ${redouble.main.profile.name}, clock ${redouble.clock.mode}`);
  return lines.join("\n");
}

/** A test that timed out may only have forgotten to move the clock. */
function waitingOf(redouble: Redouble): readonly string[] {
  const { clock, connections, world } = redouble;
  const waiting = [...connections].filter(
    ({ link: { busy, client } }) =>
      busy || client.suspended || redouble.engineNamed(client.serverName)?.stalled === true,
  );
  if (waiting.length === 0 || clock.mode !== "virtual") return [];
  const due = world.nextAwaitedDeadline();
  const next =
    due === undefined
      ? "nothing is going to happen by itself"
      : `the next event comes with clock.advance("${showDuration(Math.ceil(due - world.now))}")`;
  return [
    `  ${waiting.length === 1 ? "a client waits" : `${waiting.length} clients wait`}, and the clock stands: ${next}`,
  ];
}

/** One command as the report shows it. */
export function showCommand({
  name,
  args,
}: {
  readonly name: string;
  readonly args: readonly (string | Buffer)[];
}): string {
  return (
    [name, ...args.slice(0, MOST_ARGUMENTS).map(showArgument)].join(" ") + (args.length > MOST_ARGUMENTS ? " ..." : "")
  );
}

type Received = Redouble["commands"][number];

const MOST_ARGUMENTS = 12;

/** What clients say when they connect, and nobody asked them to. */
function isGreeting({ name, args }: Received): boolean {
  return name === "HELLO" || name === "CLIENT" || name === "AUTH" || (name === "INFO" && args.length === 0);
}

interface Counts {
  readonly shown: number;
  readonly all: number;
  readonly greetings: number;
  /** Whether there are several servers. */
  readonly several: boolean;
}

function headline({ shown, all, greetings, several }: Counts): string {
  const who = several ? "servers" : "server";
  if (all === 0) return `redouble: the ${who} received no commands.`;
  const which = shown < all ? `last ${shown} of ${all} commands` : all === 1 ? "one command" : `${all} commands`;
  const rest = greetings === 0 ? "" : `, less ${greetings} of connecting`;
  return `redouble: the ${which} that the ${who} received${rest}:`;
}

function lineOf(
  command: Received,
  { startTime, width }: { readonly startTime: number; readonly width: number },
): string {
  const who = command.client.name === "" ? "" : `   (${command.client.name})`;
  const server = width === 0 ? "" : command.server.padEnd(width);
  return `  ${stamp(command.time - startTime)}  ${server}${showCommand(command)}${who}`;
}

function stamp(milliseconds: number): string {
  return `+${showDuration(milliseconds)}`.padStart(10);
}
