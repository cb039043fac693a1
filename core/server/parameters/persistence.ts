// What is written to the disk, where, and when.
import type { Bytes } from "../../kernel/bytes.ts";
import type { Since } from "../../commands/profile.ts";
import { readSavePoints, showSavePoints } from "../save-points.ts";
import { boolean, choice, INT64_MAX, INT_MAX, integer, MEGABYTE, memory, text } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

/** Where files lie: every directory is there, and what is no absolute path goes on from the one before. */
function directory(since: Since, emptyProblem: Bytes): Parameter {
  return {
    name: "dir",
    since,
    isProtected: true,
    initial: () => "/data",
    read(path, current) {
      const parts: string[] = [];
      for (const part of (path.startsWith("/") ? path : `${current}/${path}`).split("/")) {
        if (part === "..") parts.pop();
        else if (part !== "" && part !== ".") parts.push(part);
      }
      return path === "" ? { problem: emptyProblem } : { value: `/${parts.join("/")}` };
    },
  };
}

/** @param emptyProblem what is wrong with an empty name, where anything is */
function dataFile(since: Since, emptyProblem?: Bytes): Parameter {
  return {
    name: "dbfilename",
    since,
    isProtected: true,
    initial: () => "dump.rdb",
    read(name) {
      if (name.includes("/")) return { problem: "dbfilename can't be a path, just a filename" };
      return name === "" && emptyProblem !== undefined ? { problem: emptyProblem } : { value: name };
    },
  };
}

const savePoints: Parameter = {
  name: "save",
  initial: () => "",
  read: (text) =>
    readSavePoints(text) === undefined ? { problem: "Invalid save parameters" } : { value: showSavePoints(text) },
};

/** The name of a file or directory, and of nothing else. */
function nameOf(what: "file" | "dir", initial: string): Parameter {
  const name = `append${what}name`;
  const path = `${name} can't be a path, just a ${what}name`;
  return {
    ...text({ name, immutable: true }, initial),
    read(value) {
      if (value === "") return { problem: `${name} can't be empty` };
      return value.includes("/") ? { problem: path } : { value };
    },
  };
}

/** What the append-only file is like. */
const appendOnlyParameters: readonly Parameter[] = [
  boolean({ name: "appendonly" }, false),
  nameOf("file", "appendonly.aof"),
  nameOf("dir", "appendonlydir"),
  choice({ name: "appendfsync" }, ["everysec", "always", "no"], "everysec"),
  boolean({ name: "no-appendfsync-on-rewrite" }, false),
  boolean({ name: "aof-load-truncated" }, true),
  boolean({ name: "aof-use-rdb-preamble" }, true),
  boolean({ name: "aof-timestamp-enabled" }, false),
  boolean({ name: "aof-rewrite-incremental-fsync" }, true),
  boolean({ name: "aof-disable-auto-gc" }, false),
  boolean({ name: "aof-disable-auto-gc", since: "7.2.0", hidden: true }, false),
  integer({ name: "auto-aof-rewrite-percentage" }, { initial: 100n, min: 0n, max: INT_MAX }),
  memory({ name: "auto-aof-rewrite-min-size" }, { initial: 64n * MEGABYTE, min: 0n, max: INT64_MAX }),
];

/** The file of the data, and what depends on it. */
export const persistenceParameters: readonly Parameter[] = [
  ...appendOnlyParameters,
  boolean({ name: "rdbcompression" }, true),
  boolean({ name: "rdb-save-incremental-fsync" }, true),
  choice({ name: "rdb-version-check", since: { valkey: "8.1.0" } }, ["strict", "relaxed"], "strict"),
  savePoints,
  choice({ name: "sanitize-dump-payload" }, ["no", "yes", "clients"], "no"),
  boolean({ name: "rdb-del-sync-files" }, false),
  boolean({ name: "rdbchecksum", immutable: true }, true),
  directory({ redis: "2.0.0" }, "No such file or directory"),
  directory({ valkey: "7.2.4" }, "dir can't be empty"),
  dataFile({ redis: "2.0.0" }),
  dataFile({ valkey: "7.2.4" }, "dbfilename can't be empty"),
  integer(
    { name: "loading-process-events-interval-bytes", hidden: true },
    { initial: 2n * MEGABYTE, min: 1024n, max: INT_MAX },
  ),
  integer(
    { name: "loading-process-events-interval-bytes", hidden: true, since: { redis: "8.0.0" } },
    { initial: MEGABYTE / 2n, min: 1024n, max: INT_MAX },
  ),
  integer({ name: "rdb-key-save-delay", hidden: true }, { initial: 0n, min: -INT_MAX - 1n, max: INT_MAX }),
  boolean({ name: "stop-writes-on-bgsave-error" }, true),
  boolean({ name: "replica-ignore-disk-write-errors" }, false),
];
