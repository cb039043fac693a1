/** `npm run differential`: sequences of commands on Redouble and on real servers, until they part. */
import { Command } from "commander";
import { findServers } from "../servers/servers.ts";
import { realMakers, simulatedMakers } from "../targets/makers.ts";
import { compare } from "./machine.ts";

type Options = { commands: string; seed: string; profile?: string; longest: string };

const program = new Command("differential")
  .description(
    "Sends the same sequences of commands to Redouble and to each real server, and compares all they answer and store.",
  )
  .option("--commands <number>", "commands for each real server", "200000")
  .option("--longest <number>", "steps of a sequence at most", "40")
  .option("--profile <name>", "only beside this one")
  .option("--seed <number>", "what the sequences follow from", String(Date.now() % 1_000_000));

const options = program.parse().opts<Options>();
console.log(`seed ${options.seed}`);
const servers = findServers({ lay: true });
for (const sentence of servers.missing) console.log(sentence);
for (const real of realMakers(servers)) {
  const simulated = simulatedMakers().find(({ profile }) => profile === real.profile);
  if (!simulated || (options.profile !== undefined && options.profile !== real.profile)) continue;
  const started = performance.now();
  const { commands, failed } = await compare(
    { simulated, real },
    { commands: Number(options.commands), seed: Number(options.seed), longest: Number(options.longest) },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${real.description}: ${commands} commands alike (${failed} of them errors), ${seconds} s`);
}
process.exit(0);
