// INFO: sections and fields as each release names and orders them (server.c: genRedisInfoString).
import type { Bytes } from "../../kernel/bytes.ts";
import { exists, type Since } from "../../commands/profile.ts";
import type { Server } from "../server.ts";
import {
  clientFields,
  commandFields,
  cpuFields,
  errorFields,
  keysizeFields,
  keyspaceFields,
  latencyFields,
  memoryFields,
  moduleFields,
  serverFields,
  statsFields,
  threadFields,
  type Field,
} from "./fields.ts";
import { persistenceFields } from "./persistence-fields.ts";
import { replicationFields } from "./replication-fields.ts";

interface Section {
  readonly since?: Since;
  readonly title: Bytes;
  /** Shown when nothing, or `default`, is asked for. */
  readonly byDefault: boolean;
  readonly fields: (server: Server) => readonly Field[];
}

const sections: Readonly<Record<string, Section>> = {
  server: { title: "Server", byDefault: true, fields: serverFields },
  clients: { title: "Clients", byDefault: true, fields: clientFields },
  memory: { title: "Memory", byDefault: true, fields: memoryFields },
  persistence: { title: "Persistence", byDefault: true, fields: persistenceFields },
  threads: { title: "Threads", byDefault: true, fields: threadFields, since: { redis: "8.0.0" } },
  stats: { title: "Stats", byDefault: true, fields: statsFields },
  replication: { title: "Replication", byDefault: true, fields: replicationFields },
  cpu: { title: "CPU", byDefault: true, fields: cpuFields },
  modules: { title: "Modules", byDefault: true, fields: moduleFields },
  commandstats: { title: "Commandstats", byDefault: false, fields: commandFields },
  errorstats: { title: "Errorstats", byDefault: true, fields: errorFields },
  latencystats: { title: "Latencystats", byDefault: false, fields: latencyFields },
  cluster: {
    title: "Cluster",
    byDefault: true,
    fields: ({ cluster }) => [["cluster_enabled", cluster === undefined ? 0 : 1]],
  },
  keyspace: { title: "Keyspace", byDefault: true, fields: keyspaceFields },
  keysizes: { title: "Keysizes", byDefault: true, fields: keysizeFields, since: { redis: "8.0.0" } },
};

/** What a Sentinel shows besides. */
const ofSentinel: Readonly<Record<string, Section>> = {
  server: sections["server"]!,
  clients: sections["clients"]!,
  stats: sections["stats"]!,
  cpu: sections["cpu"]!,
};

/** The text of INFO for the sections asked for, each with its heading, a blank line between two. */
export function infoText(server: Server, asked: readonly Bytes[]): Bytes {
  const all = asked.includes("all") || asked.includes("everything");
  const defaults = asked.length === 0 || asked.includes("default");
  const { sentinel } = server;
  const known =
    sentinel === undefined
      ? sections
      : { ...ofSentinel, sentinel: { title: "Sentinel", byDefault: true, fields: () => sentinel.infoFields() } };
  const chosen = Object.entries(known).filter(
    ([name, { byDefault, since }]) =>
      exists(since, server.profile) && (all || asked.includes(name) || (defaults && byDefault)),
  );
  return chosen
    .map(([, { title, fields }]) => {
      const lines = fields(server).filter(([, , since]) => exists(since, server.profile));
      return `# ${title}\r\n${lines.map(([name, value]) => `${name}:${value}\r\n`).join("")}`;
    })
    .join("\r\n");
}
