// A Sentinel comes into its world: its server, its table, its configuration.
import type { Address } from "../../server/network.ts";
import type { ProfileName } from "../../commands/profile.ts";
import type { Server } from "../../server/server.ts";
import type { World } from "../../server/world.ts";
import type { Field } from "../../server/info/fields.ts";
import { sentinelCommands } from "./commands.ts";
import { statusOf } from "./descriptions.ts";
import { Sentinel } from "./sentinel.ts";
import { configure } from "./settings.ts";

export interface SentinelOptions {
  readonly name: string;
  readonly address: Address;
  readonly profile?: ProfileName;
  /** Start-up configuration of the server, as in redis.conf: `requirepass`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Lines of sentinel.conf: `sentinel monitor mymaster 127.0.0.1 6379 2`. */
  readonly directives: readonly string[];
}

/** @throws TypeError for a directive that is wrong */
export function createSentinel(world: World, { directives, ...options }: SentinelOptions): Sentinel {
  const made: { sentinel?: Sentinel } = {};
  const sentinelOf = (): Sentinel => made.sentinel!;
  const server: Server = world.createServer({
    ...options,
    sentinel: {
      commands: sentinelCommands(sentinelOf),
      infoFields: () => infoFields(sentinelOf()),
      stopped: () => sentinelOf().stopped(),
      restarted: () => sentinelOf().restarted(),
    },
  });
  const sentinel = new Sentinel(server);
  made.sentinel = sentinel;
  configure(sentinel, directives);
  return sentinel;
}

function infoFields(sentinel: Sentinel): readonly Field[] {
  const { masters, scripts, tiltSince, now, failureSimulated } = sentinel;
  const failures = { "crash-after-election": 1, "crash-after-promotion": 2 };
  return [
    ["sentinel_masters", masters.size],
    ["sentinel_tilt", tiltSince === undefined ? 0 : 1],
    ["sentinel_tilt_since_seconds", tiltSince === undefined ? -1 : Math.floor((now - tiltSince) / 1000)],
    ["sentinel_running_scripts", scripts.running],
    ["sentinel_scripts_queue_length", scripts.jobs.length],
    ["sentinel_simulate_failure_flags", failureSimulated === undefined ? 0 : failures[failureSimulated]],
    ...[...masters.values()].map((master, at): Field => {
      const { name, address, slaves, sentinels } = master;
      const facts = [
        `name=${name}`,
        `status=${statusOf(master)}`,
        `address=${address.host}:${address.port}`,
        `slaves=${slaves.size}`,
        `sentinels=${sentinels.size + 1}`,
      ];
      return [`master${at}`, facts.join(",")];
    }),
  ];
}
