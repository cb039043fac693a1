// Deadlines as commands give them: EX, PX, EXAT and PXAT, which SET and GETEX share, and what setting one does (t_string.c, expire.c).
import type { Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";
import { invalidExpireTime } from "../resp/errors.ts";
import { arg } from "./args.ts";
import type { CommandContext } from "./context.ts";
import { readDeadline, readInt64 } from "./numbers.ts";
import type { Since } from "./profile.ts";

/** The four ways to give a time. `since` stands in COMMAND DOCS where they came after the command itself. */
export function expirationTimes(since: { relative?: Since; absolute?: Since } = {}) {
  const relative = since.relative === undefined ? {} : { since: since.relative };
  const absolute = since.absolute === undefined ? {} : { since: since.absolute };
  return [
    arg.lateInteger("seconds", { token: "EX", ...relative }),
    arg.lateInteger("milliseconds", { token: "PX", ...relative }),
    arg.unixTime("unix-time-seconds", { token: "EXAT", ...absolute }),
    arg.unixTime("unix-time-milliseconds", { token: "PXAT", ...absolute }),
  ] as const;
}

/** One of the four, as parsed. */
export interface GivenExpiration {
  readonly is: "seconds" | "milliseconds" | "unix-time-seconds" | "unix-time-milliseconds";
  readonly value: Bytes;
}

/** The deadline that was asked for; throws for what is not positive or too large. */
export function expirationDeadline({ is, value }: GivenExpiration, { now, commandName }: CommandContext): Int64 {
  if (readInt64(value) <= 0) throw invalidExpireTime(commandName);
  return readDeadline(value, {
    unit: is === "seconds" || is === "unix-time-seconds" ? "seconds" : "milliseconds",
    base: is === "seconds" || is === "milliseconds" ? now : 0,
    commandName,
  });
}

/** Whether a key that is given this deadline expires at once, in place of getting it. */
export function isOver(deadline: Int64, context: CommandContext): boolean {
  return context.profile.can.pastDeadlinesExpire && isPast(deadline, context);
}

/** While data is imported nothing is over by itself, nor is it on a replica: its primary says so (expire.c: checkAlreadyExpired). */
export function isPast(deadline: Int64, { now, server }: CommandContext): boolean {
  return deadline <= now && !server.importMode && !server.replication.isReplica;
}

/** Expires a key that exists: to the command that does it this is a change. */
export function expireNow({ db, propagate }: CommandContext, name: Bytes): void {
  db.expireAtOnce(name);
  propagate.changed(1);
}

interface GivenDeadline {
  readonly name: Bytes;
  readonly deadline: Int64;
  /** What travels; without conditions unless it says them. */
  readonly sent?: readonly Bytes[];
}

/** Sets the deadline of a key that exists; one that is past already deletes the key. Both travel by absolute time (expire.c). */
export function giveDeadline(
  context: CommandContext,
  { name, deadline, sent = ["PEXPIREAT", name, String(deadline)] }: GivenDeadline,
): void {
  const { db, notify, propagate, server } = context;
  if (isOver(deadline, context)) {
    expireNow(context, name);
  } else if (isPast(deadline, context)) {
    db.delete(name);
    propagate(server.deletion("expire"), name);
    notify("generic", "del", name);
  } else {
    db.setDeadline(name, deadline);
    db.touch(name);
    propagate(...sent);
    notify("generic", "expire", name);
  }
}
