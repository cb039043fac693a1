// The test's own hand in a server: commands that no fault strikes and nobody counts, answered at once.
import { ReplyDecoder, type DecodedReply, type Link, type Server } from "../core/index.ts";
import { fromBytes, showBytes, toBytes, type Argument } from "./text.ts";

/** A reply as a test wants to compare it. Bytes that are no UTF-8 come as a `Buffer`; an error inside an array as an `Error`. */
export type RedisValue =
  | string
  | Buffer
  | number
  | bigint
  | boolean
  | null
  | Error
  | readonly RedisValue[]
  | { readonly [field: string]: RedisValue };

/** An error reply, thrown. Its message is the server's, code first: `WRONGTYPE Operation against...` */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

export class OwnClient {
  readonly #server: Server;
  #connection: OwnConnection | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Runs a command and gives its reply; null where the server has ended, as after SHUTDOWN. A command that waits is given up.
   *
   * @throws CommandError for an error reply, Error when the command waits, TypeError for what is no command
   */
  call(command: readonly Argument[]): RedisValue {
    if (command.length === 0) throw new TypeError('A command begins with its name, as in call("GET", "key").');
    const bytes = encodeCommand(command);
    this.#connection ??= connectTo(this.#server);
    const reply = this.#connection.ask(bytes);
    if (reply !== undefined) {
      const value = toValue(reply);
      if (value instanceof CommandError) throw value;
      return value;
    }
    this.#connection.link.end(); // a reply that came later would be taken for the next command's
    this.#connection = undefined;
    if (this.#server.lifecycle.crashed) return null;
    throw new Error(
      `${String(command[0])} did not reply at once: it waits, or the server is stalled. Send it through a client of your own and advance the clock.`,
    );
  }
}

interface OwnConnection {
  readonly link: Link;
  /** The reply, where it comes at once. */
  ask(request: Uint8Array): DecodedReply | undefined;
}

function connectTo(server: Server): OwnConnection {
  const decoder = new ReplyDecoder();
  const link = server.connect({ own: true, peer: { write: (bytes) => decoder.push(bytes), close: () => {} } });
  const ask = (request: Uint8Array): DecodedReply | undefined => {
    link.receive(request);
    let reply = decoder.next();
    while (reply?.type === "push") reply = decoder.next();
    return reply;
  };
  ask(encodeCommand(["HELLO", 3]));
  return { link, ask };
}

/** A command as clients put it on the wire. */
export function encodeCommand(command: readonly Argument[]): Uint8Array {
  let bytes = `*${command.length}\r\n`;
  for (const argument of command) {
    const word = toBytes(argument);
    bytes += `$${word.length}\r\n${word}\r\n`;
  }
  return Buffer.from(bytes, "latin1");
}

/** A reply as a JavaScript value: maps become objects, sets arrays. */
export function toValue(reply: DecodedReply): RedisValue {
  switch (reply.type) {
    case "simple":
    case "bulk":
    case "verbatim":
      return fromBytes(reply.value);
    case "error":
      return new CommandError(showBytes(reply.value));
    case "integer":
    case "double":
    case "boolean":
      return reply.value;
    case "big-number":
      return BigInt(reply.value);
    case "null":
      return null;
    case "array":
    case "set":
    case "push":
      return reply.items.map(toValue);
    case "map":
      return toObject(reply.items);
  }
}

function toObject(items: readonly DecodedReply[]): { readonly [field: string]: RedisValue } {
  const entries: [string, RedisValue][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) {
    const key = items[i]!;
    entries.push([
      "value" in key ? showBytes(String(key.value)) : JSON.stringify(toValue(key)),
      toValue(items[i + 1]!),
    ]);
  }
  return Object.fromEntries(entries);
}
