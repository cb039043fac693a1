// `redouble serve`: a simulated server behind a real socket, for any language, on the real clock.
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  cluster,
  clusterNodes,
  isOfThisMachine,
  primaryWithReplicas,
  profiles,
  sentinel,
  standalone,
  type Topology,
} from "../../core/index.ts";
import { controlCommand, type Controls } from "../control/control-command.ts";
import { findProfile } from "../profile.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { dialOutside, listen, type Listener, type ListenOptions } from "../tcp/index.ts";
import { secure, type Secured, type TlsFlags } from "./serve-tls.ts";

interface ServeFlags extends TlsFlags {
  readonly port?: number;
  readonly bind: string;
  readonly version?: string;
  readonly profile?: string;
  readonly unixsocket?: string;
  readonly unixsocketperm?: string;
  readonly requirepass?: string;
  readonly user: readonly string[];
  readonly file: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly config: Readonly<Record<string, string>>;
  readonly control: boolean;
  readonly replicas?: number;
  readonly sentinel?: number;
  readonly cluster?: Topology;
}

/** The subcommand, ready to be added to a program. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("Serves a simulated Redis on a real socket until it is stopped.")
    .option("-p, --port <port>", "the port; 0 takes a free one (default: 6379, and 7000 for a cluster)", port)
    .option("--bind <address>", "the address to listen at", "127.0.0.1")
    .addOption(new Option("--version <release>", "the release to simulate: 7.2, 8.0, valkey-8.1").conflicts("profile"))
    .addOption(new Option("--profile <name>", "the same by its full name").choices(Object.keys(profiles)))
    .option("--unixsocket <path>", "listen at a unix socket too")
    .option("--unixsocketperm <mode>", "who may open it, in octal: 700")
    .addOption(new Option("--tls", "speak TLS at every port, and nothing else").default(false).conflicts("tlsPort"))
    .option("--tls-port <port>", "speak TLS too, there and at the ports behind it", port)
    .option("--tls-cert-file <file>", "the servers' certificate; without one they get one that is made for them")
    .option("--tls-key-file <file>", "its key")
    .option("--tls-ca-cert-file <file>", "who signs the certificates of clients")
    .addOption(
      new Option("--tls-auth-clients <whether>", "whether clients must show one").choices(["yes", "no", "optional"]),
    )
    .option("--requirepass <password>", "the password of the default user")
    .option("--user <rules...>", 'a user, as in redis.conf: "alice on >secret ~cache:* +@read"', [])
    .option("--file <name=path...>", "what lies on its disk: dump.rdb=fixture.rdb, users.acl=users.acl", setting, {})
    .option("--seed <seed>", "what every random draw follows from", "1")
    .option("--config <name=value...>", "start-up configuration, as in redis.conf", setting, {})
    .option("--replicas <number>", "as many replicas, at the ports behind the primary's", whole)
    .option("--sentinel <number>", "as many Sentinels, which watch a primary with a replica or more", whole)
    .addOption(
      new Option("--cluster <shape>", "a cluster of 3x1: three primaries with a replica each; 6: as many empty nodes")
        .argParser(shape)
        .conflicts(["replicas", "sentinel"]),
    )
    .option("--control", "let clients turn the clock and inject faults, with the command REDOUBLE", false)
    .action(serve);
}

/** The flags, with the port that was meant. */
type ServeOptions = ServeFlags & { readonly port: number };

async function serve(flags: ServeFlags): Promise<void> {
  const options = { ...flags, port: flags.port ?? (flags.cluster === undefined ? 6379 : 7000) };
  const controls: { current?: Controls } = {};
  const secured = await secure(options, options.port || 6379, options.config);
  const redouble = createRedouble({
    profile: findProfile(options),
    seed: options.seed,
    clock: "wall",
    addresses: [`${options.bind.includes(":") ? `[${options.bind}]` : options.bind}:${options.port || 6379}`],
    config: {
      ...reachable(options.bind),
      ...secured?.config,
      ...(options.unixsocket !== undefined && { unixsocket: options.unixsocket }),
      ...(options.unixsocketperm !== undefined && { unixsocketperm: options.unixsocketperm }),
      ...options.config,
      ...(options.requirepass !== undefined && { requirepass: options.requirepass }),
    },
    users: options.user,
    files: Object.fromEntries(Object.entries(options.file).map(([name, path]) => [name, readFileSync(path)])),
    keepCommands: 0,
    topology: topologyOf(options),
    ...(options.control && { extraCommands: [controlCommand(controls)] }),
  });
  controls.current = redouble;
  dialOutside(redouble);
  const several = redouble.servers.size > 1;
  const listeners = await open(redouble, options);
  const lines = listeners.map(({ listener, server }) => [listener.url, several && server].filter(Boolean).join("  "));
  if (secured?.note !== undefined) lines.push(secured.note);
  process.stdout.write(`${lines.join("\n")}\n`);
  stopWhenOver(redouble, listeners, secured);
}

/** Who asks for an address beyond this machine wants to be reached there, as in a container. */
function reachable(bind: string): Readonly<Record<string, string>> {
  return bind === "localhost" || isOfThisMachine(`${bind}:`) ? {} : { "protected-mode": "no" };
}

/** Opens every address, or none. */
async function open(redouble: Redouble, { bind, port, tlsPort, unixsocket }: ServeOptions): Promise<Opened[]> {
  const listeners: Opened[] = [];
  const at = async (server: string, options: ListenOptions): Promise<void> => {
    listeners.push({ server, listener: await listen({ redouble, server, ...options }) });
  };
  try {
    for (const [server, { engine }] of redouble.servers) {
      const { doors } = engine;
      const isFirst = listeners.length === 0;
      if (doors.port !== 0) await at(server, { host: bind, port: isFirst ? port : doors.port });
      // What was asked for as port 0 is a free one.
      const free = isFirst && (tlsPort ?? port) === 0;
      if (doors.tlsPort !== 0) await at(server, { host: bind, port: free ? 0 : doors.tlsPort, tls: true });
    }
    if (unixsocket !== undefined) await at("", { path: unixsocket, server: redouble.main.name });
    return listeners;
  } catch (error) {
    await Promise.all(listeners.map(({ listener }) => listener.close()));
    throw error;
  }
}

/** A listener, and whose it is. */
interface Opened {
  readonly listener: Listener;
  readonly server: string;
}

function topologyOf({ replicas, sentinel: sentinels, cluster: nodes, port: first }: ServeOptions): Topology {
  const several = (replicas ?? 0) > 0 || sentinels !== undefined || nodes !== undefined;
  if (several && first === 0) throw new InvalidArgumentError("Several servers need a port that is given: --port 6379.");
  if (nodes !== undefined) return nodes;
  if (sentinels !== undefined) return sentinel({ sentinels, replicas: replicas ?? 1 });
  return several ? primaryWithReplicas({ replicas: replicas! }) : standalone();
}

/** The process ends on a signal, and when the last of its servers was shut down. */
function stopWhenOver(redouble: Redouble, listeners: readonly Opened[], secured: Secured | undefined): void {
  const stop = (): void => {
    redouble.stop();
    secured?.end();
    void Promise.all(listeners.map(({ listener }) => listener.close())).then(() => process.exit(0));
  };
  redouble.world.hooks.install({
    onExit() {
      // What the server closed is still to be told to its clients.
      if ([...redouble.servers.values()].every(({ engine }) => engine.lifecycle.crashed)) setImmediate(stop);
    },
  });
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return number;
}

/** A formed cluster, or nodes that are to form one. */
function shape(text: string): Topology {
  const [, count, replicas] = /^([1-9]\d*)(?:x(\d+))?$/.exec(text) ?? [];
  if (count === undefined) {
    throw new InvalidArgumentError(
      "It is a shape such as 3x1, primaries and replicas of each, or a number of empty nodes.",
    );
  }
  if (replicas === undefined) return clusterNodes({ nodes: Number(count) });
  return cluster({ primaries: Number(count), replicasPerPrimary: Number(replicas) });
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}

function setting(text: string, earlier: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Write it as name=value.");
  return { ...earlier, [name]: value };
}
