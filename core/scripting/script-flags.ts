// What a script or a function says of itself in advance (script.c: scripts_flags_def).
import type { Bytes } from "../kernel/bytes.ts";

/** In the order in which FUNCTION LIST shows them. */
export const SCRIPT_FLAGS = ["no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys"] as const;

export type ScriptFlag = (typeof SCRIPT_FLAGS)[number];

/** Undefined for a script that says nothing of itself, as scripts did before there were flags. */
export type ScriptFlags = ReadonlySet<ScriptFlag> | undefined;

/** The flag of a name; undefined when there is none. */
export function findFlag(name: Bytes): ScriptFlag | undefined {
  return SCRIPT_FLAGS.find((flag) => flag === name);
}
