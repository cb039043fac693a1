// The grid: every fault, in every kind of deployment, as an application on either client sees it.
import { cluster, primaryWithReplicas, sentinel, standalone, type Topology } from "../../core/index.ts";
import { exampleFaults, printFault } from "../../faults/index.ts";
import { CLIENTS } from "./applications.ts";
import { playCell } from "./cell.ts";

const DEPLOYMENTS: readonly { readonly title: string; readonly topology: Topology }[] = [
  { title: "One server", topology: standalone() },
  { title: "A primary with a replica", topology: primaryWithReplicas({ replicas: 1 }) },
  {
    title: "The same, watched by three Sentinels",
    topology: sentinel({ replicas: 1, downAfterMs: 2_000, failoverTimeoutMs: 10_000 }),
  },
  {
    title: "A cluster of three primaries with a replica each",
    topology: cluster({ primaries: 3, replicasPerPrimary: 1 }),
  },
];

/** The whole page; `npm run grid` writes it. */
export async function gridPage(): Promise<string> {
  const sections: string[] = [];
  for (const { title, topology } of DEPLOYMENTS) sections.push(`## ${title}\n\n${await table(topology)}`);
  return `# What applications see of each fault

Written by \`npm run grid\`, which plays every cell: ioredis 6 or node-redis 6, as they are, writes a key and reads it again right
after the fault was injected, in virtual time. Where a fault is about something else, the cell says what was asked instead. A cell
holds what the client gave its application: a reply, or the error's text, and how much later it came than at once. A fault that
cannot come to pass in a deployment says why not. What \`nothing\` does to an application is what timeouts are for.

${sections.join("\n\n")}
`;
}

async function table(topology: Topology): Promise<string> {
  const rows: string[] = [`| fault | ${CLIENTS.join(" | ")} |`, `| --- |${" --- |".repeat(CLIENTS.length)}`];
  for (const [name, fault] of exampleFaults(topology)) {
    if (typeof fault === "string") {
      rows.push(`| \`${name}\` |${` ${fault} |`.repeat(CLIENTS.length)}`);
      continue;
    }
    const cells: string[] = [];
    for (const client of CLIENTS) cells.push(await playCell({ topology, client, fault: freshOf(topology, name) }));
    rows.push(`| \`${printFault(fault).replaceAll("|", "\\|")}\` | ${cells.join(" | ")} |`);
  }
  return rows.join("\n");
}

/** Faults keep state: each cell gets its own. */
function freshOf(topology: Topology, name: string) {
  const fault = exampleFaults(topology).get(name);
  if (typeof fault !== "object") throw new Error(`${name} cannot come to pass here`);
  return fault;
}
