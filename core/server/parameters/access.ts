// Who gets in, and what nobody may do unless it was allowed at the start.
import { choice, boolean, count, integer, text } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

/** Users are declared as such: no file of them is read. */
const aclFile: Parameter = {
  ...text({ name: "aclfile", immutable: true }, ""),
  read: (value) => (value === "" ? { value } : { problem: "no file of users is read; declare them as users" }),
};

/** Passwords, users, protection. */
export const accessParameters: readonly Parameter[] = [
  choice({ name: "acl-pubsub-default" }, ["allchannels", "resetchannels"], "resetchannels"),
  integer({ name: "acllog-max-len" }, count(128n)),
  aclFile,
  choice({ name: "enable-debug-command", immutable: true }, ["no", "yes", "local"], "no"),
  choice({ name: "enable-module-command", immutable: true }, ["no", "yes", "local"], "no"),
  boolean({ name: "protected-mode" }, true),
  text({ name: "requirepass" }, ""),
  choice({ name: "enable-protected-configs", immutable: true }, ["no", "yes", "local"], "no"),
];
