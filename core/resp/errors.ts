// The texts of Redis's errors, each written once.
import type { Bytes } from "../kernel/bytes.ts";

/** An error reply. A handler throws it before it has written anything or changed anything. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";

  /** @param text the whole line without the leading dash, its code first: `ERR syntax error` */
  constructor(text: Bytes) {
    super(text);
  }

  /** The error code, which INFO errorstats counts: the first word. */
  get code(): Bytes {
    return errorCode(this.message);
  }
}

/** The first word of an error text. */
export function errorCode(text: Bytes): Bytes {
  const space = text.indexOf(" ");
  return space < 0 ? text : text.slice(0, space);
}

/** What C's `%s` prints of a word: it ends at a NUL. */
export function printed(word: Bytes): Bytes {
  const nul = word.indexOf("\0");
  return nul < 0 ? word : word.slice(0, nul);
}

const error = (text: Bytes) => (): ReplyError => new ReplyError(text);

export const syntaxError = error("ERR syntax error");
export const notAnInteger = error("ERR value is not an integer or out of range");
export const notAFloat = error("ERR value is not a valid float");
export const wrongType = error("WRONGTYPE Operation against a key holding the wrong kind of value");
export const indexOutOfRange = error("ERR index out of range");
export const noSuchKey = error("ERR no such key");
export const sameObject = error("ERR source and destination objects are the same");
export const dbOutOfRange = error("ERR DB index is out of range");
export const notInCluster = (what: Bytes): ReplyError => new ReplyError(`ERR ${what} not allowed in cluster mode`);
const OF_POLICIES =
  "Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.";
export const wrongPolicyForFrequency = error(
  `ERR An LFU maxmemory policy is not selected, access frequency not tracked. ${OF_POLICIES}`,
);
export const wrongPolicyForIdleTime = error(
  `ERR An LFU maxmemory policy is selected, idle time not tracked. ${OF_POLICIES}`,
);
export const noAuth = error("NOAUTH Authentication required.");
export const readOnlyReplica = error("READONLY You can't write against a read only replica.");
export const tooFewReplicas = error("NOREPLICAS Not enough good replicas to write.");
export const primaryDown = error("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.");
export const outOfMemory = error("OOM command not allowed when used memory > 'maxmemory'.");
/** Each family names itself. */
export function misconf(name: "Redis" | "Valkey"): ReplyError {
  return new ReplyError(
    `MISCONF ${name} is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the ${name} logs for details about the RDB error.`,
  );
}
export const appendOnlyFileFull = error("MISCONF Errors writing to the AOF file: No space left on device");
export const shutdownFailed = error("ERR Errors trying to SHUTDOWN. Check logs.");
export const execAborted = error("EXECABORT Transaction discarded because of previous errors.");
export const maxClientsReached = error("ERR max number of clients reached");
export const badDataFormat = error("ERR Bad data format");
export const overflow = error("ERR increment or decrement would overflow");
export const infiniteSum = error("ERR increment would produce NaN or Infinity");

/** A subcommand that does not exist, or that takes other arguments. Redis shows at most 128 bytes of it. */
export const unknownForm = (word: Bytes, container: Bytes): ReplyError =>
  new ReplyError(
    `ERR unknown subcommand or wrong number of arguments for '${printed(word).slice(0, 128)}'. Try ${container} HELP.`,
  );

/** `name` is the full name as Redis prints it: lower case, subcommands after a bar. */
export const wrongArity = (name: Bytes): ReplyError =>
  new ReplyError(`ERR wrong number of arguments for '${name}' command`);

export const invalidExpireTime = (name: Bytes): ReplyError =>
  new ReplyError(`ERR invalid expire time in '${name}' command`);
