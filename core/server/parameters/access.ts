// Who gets in, and what nobody may do unless it was allowed at the start.
import { choice, boolean, count, integer, text } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

/** Passwords, users, protection. */
export const accessParameters: readonly Parameter[] = [
  choice({ name: "acl-pubsub-default" }, ["allchannels", "resetchannels"], "resetchannels"),
  integer({ name: "acllog-max-len" }, count(128n)),
  text({ name: "aclfile", immutable: true }, ""),
  choice({ name: "enable-debug-command", immutable: true }, ["no", "yes", "local"], "no"),
  choice({ name: "enable-module-command", immutable: true }, ["no", "yes", "local"], "no"),
  boolean({ name: "protected-mode" }, true),
  text({ name: "requirepass" }, ""),
  choice({ name: "enable-protected-configs", immutable: true }, ["no", "yes", "local"], "no"),
];
