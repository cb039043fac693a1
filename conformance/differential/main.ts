/** `npm run differential`: sequences of commands on Redouble and on real servers, until they part. */
import { Command } from "commander";
import { findServers } from "../servers/servers.ts";
import { realMakers, simulatedMakers } from "../targets/makers.ts";
import { replicateBeside } from "../replication/beside.ts";
import { comparePropagation } from "../replication/compare.ts";
import { compareUsers } from "../access/compare.ts";
import { compareClusters } from "../cluster/compare.ts";
import { compareReplicas } from "../replicas/compare.ts";
import { compareScripts } from "../lua/compare.ts";
import { cross } from "./crossing.ts";
import { compare } from "./machine.ts";

type Options = {
  commands: string;
  clients: string;
  values: string;
  propagation: string;
  replication: string;
  scripts: string;
  cluster: string;
  users: string;
  replicas: string;
  breaks: string;
  seed: string;
  profile?: string;
  longest: string;
};

const program = new Command("differential")
  .description(
    "Sends the same sequences of commands to Redouble and to each real server, and compares all they answer and store.",
  )
  .option("--commands <number>", "commands for each real server", "200000")
  .option("--clients <number>", "clients that send them by turns", "3")
  .option(
    "--values <number>",
    "values that cross between Redouble and each real server through DUMP and RESTORE",
    "10000",
  )
  .option(
    "--propagation <number>",
    "commands whose propagation is compared with what a replica of each real server gets",
    "20000",
  )
  .option(
    "--replication <number>",
    "commands whose effects reach a real replica of Redouble, and as many that reach Redouble from a real primary",
    "20000",
  )
  .option("--breaks <number>", "how often the link between them breaks on the way", "5")
  .option("--scripts <number>", "Lua expressions, and a hundred scripts as applications write them", "1000")
  .option(
    "--cluster <number>",
    "commands to six nodes of Redouble and of each real server, while slots move and nodes change places",
    "2000",
  )
  .option("--users <number>", "users with random rules, and what they may do", "500")
  .option(
    "--replicas <number>",
    "commands to a primary and replicas of Redouble and of each real server, while they change roles",
    "2000",
  )
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
  const pair = { simulated, real };
  const [seed, longest] = [Number(options.seed), Number(options.longest)];
  const seconds = timer();
  if (Number(options.commands) > 0) {
    const clients = Number(options.clients);
    const wanted = { commands: Number(options.commands), clients, seed, longest };
    const { commands, failed, late, published } = await compare(pair, wanted);
    console.log(
      `${real.description}: ${commands} commands of ${clients} clients alike (${failed} of them errors, ${late} replies came late, ${published} messages were published), ${seconds()}`,
    );
  }
  if (Number(options.scripts) > 0) {
    const { expressions, failed, written, calls } = await compareScripts(pair, {
      expressions: Number(options.scripts),
      seed,
    });
    console.log(
      `${real.description}: ${expressions} Lua expressions alike (${failed} of them errors), ${written} written scripts in ${calls} calls, ${seconds()}`,
    );
  }
  if (Number(options.values) > 0) {
    const { values, identical } = await cross(pair, { values: Number(options.values), seed });
    const kinds = [...values].map(([kind, count]) => `${kind} ${count}`).toSorted();
    console.log(
      `${real.description}: values crossed both ways, ${identical} payloads identical: ${kinds.join(", ")}, ${seconds()}`,
    );
  }
  if (Number(options.propagation) > 0) {
    const { commands, propagated, transactions, names } = await comparePropagation(real, {
      commands: Number(options.propagation),
      seed,
      longest,
    });
    console.log(
      `${real.description}: ${commands} commands propagate alike: ${propagated} commands of ${names.size} names, ${transactions} transactions among them, ${seconds()}`,
    );
  }
  if (Number(options.users) > 0) {
    const { users, errors, requests } = await compareUsers(pair, { users: Number(options.users), seed });
    console.log(
      `${real.description}: ${users} users alike, tried with ${requests} requests (${errors} answers were errors), ${seconds()}`,
    );
  }
  for (const { kind, compareNodes, wanted } of [
    { kind: "clusters", compareNodes: compareClusters, wanted: options.cluster },
    { kind: "replicas", compareNodes: compareReplicas, wanted: options.replicas },
  ]) {
    if (Number(wanted) === 0) continue;
    const { profile } = real;
    const { commands, kinds } = await compareNodes({
      profile,
      program: servers.programs.get(profile)!,
      commands: Number(wanted),
      seed,
    });
    const shown = [...kinds].map(([answer, count]) => `${count} ${answer}`).join(", ");
    console.log(`${real.description}: ${kind} answer ${commands} commands alike: ${shown}, ${seconds()}`);
  }
  for (const ours of Number(options.replication) > 0 ? (["primary", "replica"] as const) : []) {
    const { commands, fullSyncs, partialSyncs, sizeBytes } = await replicateBeside({
      profile: real.profile,
      program: servers.programs.get(real.profile)!,
      ours,
      commands: Number(options.replication),
      breaks: Number(options.breaks),
      seed,
    });
    console.log(
      `${real.description}: Redouble as ${ours}: the same data after ${commands} commands (${sizeBytes} bytes of stream), ${fullSyncs} full and ${partialSyncs} partial transfers, ${seconds()}`,
    );
  }
}
process.exit(0);

function timer(): () => string {
  const started = performance.now();
  return () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
}
