// Where a server listens, and how it treats its sockets.
import { attempted, CANNOT_LISTEN, checked, INT_MAX, integer, MEGABYTE, moving, PORT, text } from "./kinds.ts";
import type { Outcome, Parameter } from "./parameter.ts";

const MOST_ADDRESSES = 16;

/** Ports and addresses that are listened at anew. */
const listening: readonly Parameter[] = [
  moving(integer({ name: "port" }, PORT), "port", CANNOT_LISTEN),
  moving(
    checked(text({ name: "bind" }, ""), (addresses) =>
      addresses.split(" ").length > MOST_ADDRESSES ? "Too many bind addresses specified." : undefined,
    ),
    "bind",
    "Failed to bind to specified addresses.",
  ),
];

/** A path at which it listens beside that, who may open it, and whose it is. */
const unixSocket: readonly Parameter[] = [
  text({ name: "unixsocket", immutable: true }, ""),
  text({ name: "unixsocketgroup", immutable: true, since: { valkey: "8.1.0" } }, ""),
  {
    name: "unixsocketperm",
    immutable: true,
    initial: () => "0",
    read(text): Outcome<string> {
      if (!/^[0-7]+$/.test(text)) return { problem: "argument couldn't be parsed as an octal number" };
      return Number.parseInt(text, 8) > 0o777
        ? { problem: "argument must be between 0 and 777 inclusive" }
        : { value: Number.parseInt(text, 8).toString(8) };
    },
  },
];

const NO_RDMA = "No RDMA building support.";
const rdmaSince = { valkey: "8.1.0" } as const;

/** Memory of another machine, as a network: nobody builds a server with it for a machine without such cards. */
const rdma: readonly Parameter[] = [
  { ...text({ name: "rdma-bind", since: rdmaSince }, ""), attempt: () => ({ problem: NO_RDMA }) },
  attempted(integer({ name: "rdma-port", since: rdmaSince }, PORT), () => NO_RDMA),
  integer(
    { name: "rdma-completion-vector", since: rdmaSince, immutable: true },
    { initial: -1n, min: -1n, max: 1024n },
  ),
  integer(
    { name: "rdma-rx-size", since: rdmaSince, immutable: true },
    { initial: MEGABYTE, min: 65_536n, max: 16n * MEGABYTE },
  ),
];

const pacedSince = { redis: "7.4.0", valkey: "8.0.0" } as const;
const UINT_MAX = 4294967295n;

/** Doors, and sockets. */
export const networkParameters: readonly Parameter[] = [
  ...listening,
  ...unixSocket,
  ...rdma,
  text({ name: "bind-source-addr" }, ""),
  integer({ name: "max-new-connections-per-cycle", since: pacedSince }, { initial: 10n, min: 1n, max: 1000n }),
  integer({ name: "max-new-tls-connections-per-cycle", since: pacedSince }, { initial: 1n, min: 1n, max: 1000n }),
  integer({ name: "socket-mark-id", immutable: true }, { initial: 0n, min: 0n, max: UINT_MAX }),
  integer({ name: "tcp-backlog", immutable: true }, { initial: 511n, min: 0n, max: INT_MAX }),
  integer({ name: "tcp-keepalive" }, { initial: 300n, min: 0n, max: INT_MAX }),
];
