/** What a case can be run against: a real server with its clock in our hands, the simulated one, or somebody's own. */
import type { Topology } from "../../core/index.ts";
import type { Act, Destination } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import type { ProfileName } from "../profiles.ts";

/** Every case begins at this instant of the wall clock, in milliseconds: Sunday, 15 June 2025, 15:06:40 UTC. */
export const startTimeMs = 1_750_000_000_000;

/** The start-up configuration that all targets share; a file's `config` lines add to it. */
export const baseConfig: readonly (readonly [string, string])[] = [["enable-debug-command", "yes"]];

/** What deployments of several servers start with beside it: replicas get their data without being waited for. */
export const deploymentConfig: readonly (readonly [string, string])[] = [["repl-diskless-sync-delay", "0"]];

/** A deployment has lived for so long when a case begins: whoever has just met does not meet again at once. */
export const quietMs = 2_000;

export type Target = {
  readonly kind: "real" | "simulated" | "external";
  readonly profile: ProfileName;
  /** Whether its clock, its configuration and its other clients are ours: cases that touch those are left out elsewhere. */
  readonly inHand: boolean;
  /** How long a reply may take, in real milliseconds, before a case fails. */
  readonly patienceMs: number;
  start(): Promise<void>;
  /** Brings everything back to how a fresh server has it: no data, no other clients, its configuration, the start time. */
  reset(needs: CaseNeeds): Promise<void>;
  /** To `host` where it is not the usual one; in a deployment, by another door than the plain port. */
  connect(listener: ConnectionListener, host?: string, to?: Destination): Promise<RawConnection>;
  /** Moves both clocks on and returns when all that falls due has happened. */
  advance(ms: number): Promise<void>;
  /** Returns when everything sent so far has been answered, if it will be, and the answers have reached their listeners. */
  settle(): Promise<void>;
  stop(): Promise<void>;
  /** Where there are several; `connect` goes to the one that applications dial first. */
  readonly processes?: Processes;
};

/** The servers and Sentinels of a deployment, by name. */
export type Processes = {
  /** What differs from run to run, and what stands for it in every case: `$id-primary-1`, `127.0.0.1`. */
  readonly standIns: ReadonlyMap<Bytes, Bytes>;
  /** Rejects where nobody listens. */
  connectTo(server: string, listener: ConnectionListener, to?: Destination): Promise<RawConnection>;
  act(act: Act, server: string): Promise<void>;
  /** A file below the directory of a server's data; undefined where there is none. */
  readFile(server: string, path: string): Promise<Bytes | undefined>;
  /** The names in a directory there, in their order. */
  listFiles(server: string, directory: string): Promise<readonly string[]>;
  /** Puts a file there. */
  lay(server: string, path: string, content: Bytes): Promise<void>;
};

export type RawConnection = {
  /** `ip:port` of our end and of the server's, as CLIENT LIST has them. */
  readonly address: string;
  readonly serverAddress: string;
  send(bytes: Bytes): void;
  close(): void;
};

export type ConnectionListener = {
  onBytes(bytes: Bytes): void;
  onClose(): void;
};

/** What the text of a case lets expect of it, so that a real server is disturbed no more than it must be. */
export type CaseNeeds = {
  /** It looks at the list of clients, so none of ours may be in it. */
  readonly alone: boolean;
  /** It may leave clients paused, so nobody can ask the server to go on. */
  readonly pauses: boolean;
  /** It may leave scripts and libraries behind. */
  readonly scripts: boolean;
  /** It may leave a script running that never ends; while one runs the server answers nobody for a while. */
  readonly endless: boolean;
  /** It may leave the configuration changed. */
  readonly configures: boolean;
  /** It leaves something behind that nothing but a fresh server is without: users, what is logged. */
  readonly fresh: boolean;
};

/** Nothing in particular. */
export const undemanding: CaseNeeds = {
  alone: false,
  pauses: false,
  scripts: false,
  endless: false,
  configures: false,
  fresh: false,
};

/** Makes targets of one kind and profile, one for each start-up configuration and topology. */
export type TargetMaker = {
  readonly kind: Target["kind"];
  readonly profile: ProfileName;
  /** What is asked, for the report: `Redis 7.0.15`. */
  readonly description: string;
  make(
    config: readonly (readonly [string, string])[],
    topology?: Topology,
    files?: readonly (readonly [string, Bytes])[],
  ): Target;
};
