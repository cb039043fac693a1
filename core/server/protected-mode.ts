// `protected-mode`: without a password a server answers nobody but its own machine (networking.c: clientAcceptHandler).
import type { Bytes } from "../kernel/bytes.ts";
import { exists, type Profile } from "../commands/profile.ts";
import { ReplyError } from "../resp/errors.ts";

/** Whether an address is of the machine that the server runs on: the loopback interface, or a socket in its file system. */
export function isOfThisMachine(address: Bytes): boolean {
  return /^(127\.|\[?::1\]?:|\/)/.test(address);
}

/** What a stranger is told before the connection ends. */
export function inProtectedMode(profile: Profile): ReplyError {
  const isRedis = profile.family === "redis";
  const [running, to, connecting, it, file] = isRedis
    ? ["Redis is running", " to Redis", "connecting to Redis", "Redis is", "the Redis configuration file"]
    : ["Running", ",", "connecting", "it's", "the configuration file"];
  const setUp = exists("7.2.0", profile) ? "Set up an" : "Setup a an";
  return new ReplyError(
    [
      `DENIED ${running} in protected mode because protected mode is enabled and no password is set for the default user.`,
      "In this mode connections are only accepted from the loopback interface.",
      `If you want to connect from external computers${to} you may adopt one of the following solutions:`,
      `1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by ${connecting} from the same host the server is running, however MAKE SURE ${it} not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent.`,
      `2) Alternatively you can just disable the protected mode by editing ${file}, and setting the protected mode option to 'no', and then restarting the server.`,
      "3) If you started the server manually just for testing, restart it with the '--protected-mode no' option.",
      `4) ${setUp} authentication password for the default user.`,
      "NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.",
    ].join(" "),
  );
}
