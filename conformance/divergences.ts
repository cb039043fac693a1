/** Where Redouble knowingly differs from a real server, and why. The suite fails once an entry no longer differs. */
import type { ProfileName } from "./profiles.ts";

export type Divergence = {
  /** `file == title`, where `*` stands for anything: `string/lcs.resp == *`. */
  readonly case: string;
  /** Only there; everywhere without it. */
  readonly profiles?: readonly ProfileName[];
  /** One sentence, for docs/compatibility.md. */
  readonly reason: string;
};

export const divergences: readonly Divergence[] = [
  {
    case: "string/set.resp == SET with a deadline that is now",
    profiles: ["valkey-8.1"],
    reason:
      "In Valkey 8.1 SET with a deadline that is this very millisecond leaves no key; elsewhere it lives through it.",
  },
  {
    case: "protocol/inline.resp == What follows a blank line at once",
    profiles: ["valkey-8.1"],
    reason: "Valkey 8.1 reads what stands behind a blank line in the same packet as an inline request, whatever it is.",
  },
  {
    case: "generic/copy.resp == COPY finds a missing database before a syntax error behind it",
    reason: "COPY reads all of its options before it looks whether the database of DB exists.",
  },
  {
    case: "protocol/multibulk.resp == The longest argument that may be declared",
    reason: "No string of V8 holds the last few bytes below 512 MB, so an argument of that length is refused at once.",
  },
  {
    case: "protocol/inline.resp == The byte 255 in an inline line",
    profiles: ["valkey-8.1"],
    reason: "Valkey 8.1 loses the byte 255 from unquoted words of inline commands; nobody sends such bytes inline.",
  },
  {
    case: "server/info.resp == INFO answers the default sections",
    profiles: ["redis-8.0"],
    reason: "Redis 8.0 lists its built-in module vectorset, which Redouble does not have yet.",
  },
];
