/** When a replica has taken its primary's place, to the knowledge of all. */
import { setTimeout as delay } from "node:timers/promises";
import type { Company } from "../nodes/company.ts";
import type { OwnConnection } from "../targets/own-connection.ts";

/** The node that served, and the one that serves from now on. */
export type Handover = { readonly from: number; readonly to: number };

const PATIENCE_MS = 10_000;

/** Resolves when every node knows that one serves in place of another, which follows it. */
export async function handedOver({ ids, fences }: Company, { from, to }: Handover): Promise<void> {
  const [was, is] = [ids[from]!, ids[to]!];
  const roles = [
    new RegExp(`^${is} \\S+ (?:myself,)?master - .* connected`, "m"),
    new RegExp(`^${was} \\S+ (?:myself,)?slave ${is} .* connected`, "m"),
  ];
  const patience = performance.now() + PATIENCE_MS;
  const knows = async (fence: OwnConnection): Promise<boolean> => {
    const nodes = await fence.text("CLUSTER", "NODES");
    const slots = JSON.stringify(await fence.ask("CLUSTER", "SLOTS"));
    return roles.every((role) => role.test(nodes)) && ids.every((id) => slots.includes(id));
  };
  for (const fence of fences) {
    while (!(await knows(fence))) {
      if (performance.now() > patience) throw new Error(`Node ${to} does not take the place of node ${from}.`);
      await delay(20);
    }
  }
  const follows = async (): Promise<boolean> =>
    /master_link_status:up/.test(await fences[from]!.text("INFO", "replication"));
  while (!(await follows())) await delay(20);
}
