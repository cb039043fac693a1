// The first line of a script that says of itself what it is: `#!lua flags=no-writes` (eval.c: evalExtractShebangFlags).
import { equalIgnoringCase, type Bytes } from "../kernel/bytes.ts";
import type { Profile } from "../commands/profile.ts";
import { printed, ReplyError } from "../resp/errors.ts";
import { splitArguments } from "../resp/split-arguments.ts";
import { findFlag, type ScriptFlag, type ScriptFlags } from "./script-flags.ts";

export interface EvalScript {
  readonly flags: ScriptFlags;
  /** What Lua compiles: the shebang is gone, its line end is there. */
  readonly code: Bytes;
}

/** Reads the shebang of a script, if it has one; throws what EVAL replies to a wrong one. */
export function readEvalShebang(body: Bytes, { family }: Profile): EvalScript {
  if (!body.startsWith("#!")) return { flags: undefined, code: body };
  const end = printed(body).indexOf("\n");
  if (end < 0) throw new ReplyError("ERR Invalid script shebang");
  const words = splitArguments(body.slice(0, end));
  const [engine, ...options] = words ?? [];
  if (engine === undefined) throw new ReplyError("ERR Invalid engine in script shebang");
  if (family === "redis" && engine !== "#!lua")
    throw new ReplyError(`ERR Unexpected engine in script shebang: ${engine}`);
  const flags = new Set<ScriptFlag>();
  for (const option of options) {
    if (!option.startsWith("flags=")) throw new ReplyError(`ERR Unknown lua shebang option: ${option}`);
    for (const flag of readFlags(option.slice("flags=".length))) flags.add(flag);
  }
  if (!equalIgnoringCase(engine, "#!lua"))
    throw new ReplyError(`ERR Could not find scripting engine '${engine.slice(2)}'`);
  return { flags, code: body.slice(end) };
}

export interface LibraryCode {
  readonly name: Bytes;
  /** What Lua compiles: the shebang is gone, its line end is there. */
  readonly code: Bytes;
}

/** Reads the metadata of a library of functions, `#!lua name=mylib`; throws what FUNCTION LOAD replies to wrong ones. */
export function readLibraryShebang(text: Bytes): LibraryCode {
  if (!text.startsWith("#!")) throw new ReplyError("ERR Missing library metadata");
  const end = text.indexOf("\n");
  const [engine, ...options] = (end < 0 ? undefined : splitArguments(text.slice(0, end))) ?? [];
  if (engine === undefined) throw new ReplyError("ERR Invalid library metadata");
  let name: Bytes | undefined;
  for (const option of options) {
    if (!equalIgnoringCase(option.slice(0, NAME.length), NAME)) {
      throw new ReplyError(`ERR Invalid metadata value given: ${option}`);
    }
    if (name !== undefined) throw new ReplyError("ERR Invalid metadata value, name argument was given multiple times");
    name = option.slice(NAME.length);
  }
  if (name === undefined) throw new ReplyError("ERR Library name was not given");
  if (!isLibraryName(name)) throw new ReplyError(`ERR ${wrongName("Library")}`);
  if (!equalIgnoringCase(engine, "#!lua")) throw new ReplyError(`ERR Engine '${engine.slice(2)}' not found`);
  return { name, code: text.slice(end) };
}

const NAME = "name=";

/** Whether something may be the name of a library, or of a function. */
export function isLibraryName(name: Bytes): boolean {
  return /^\w+$/.test(name);
}

/** What is said of a name that is none. */
export function wrongName(of: "Library" | "Function"): Bytes {
  return `${of} names can only contain letters, numbers, or underscores(_) and must be at least one character long`;
}

function readFlags(list: Bytes): ScriptFlag[] {
  if (list === "") return [];
  return list.split(",").map((name) => {
    const flag = findFlag(name);
    if (flag === undefined) throw new ReplyError(`ERR Unexpected flag in script shebang: ${name}`);
    return flag;
  });
}
