/** Which frames two servers must answer alike: those that ask for nothing random, of the machine, or of the other clients. */
import type { Bytes } from "../format/escapes.ts";

/** Words that a frame must not contain, wherever they stand. */
const denied = [
  ..."shutdown debug flushall flushdb randomkey scan keys time lastsave info command config hello monitor sync psync".split(
    " ",
  ),
  // divergences.ts tells of its errors.
  "copy",
  // Keys whose time is over count until a server gets to them; Redouble gets to them at once.
  "dbsize",
  // Since 7.2 its error is lost when replies to earlier requests wait to be sent, and that is a matter of moments.
  "auth",
  // Subcommands of CLIENT that see or stop others, or that Redouble does not have yet.
  ..."list kill pause unpause reply id tracking trackinginfo caching getredir unblock capa import-source no-evict".split(
    " ",
  ),
];

/** A judge of frames; `foreign` are the commands that one side alone has. */
export function isDeterministic(foreign: Iterable<string>): (bytes: Bytes) => boolean {
  const words = new Set([...denied, ...foreign]);
  return (bytes) => !(bytes.toLowerCase().match(/[a-z][a-z0-9.-]*/g) ?? []).some((word) => words.has(word));
}
