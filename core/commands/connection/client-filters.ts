// Choosing clients: the filters of CLIENT KILL, which Valkey's CLIENT LIST takes as well.
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64, type Int64 } from "../../kernel/integers.ts";
import { printed, ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import type { CommandContext } from "../context.ts";
import type { ClientKind, ClientPort, ServerPort } from "../ports.ts";
import type { Profile, Since } from "../profile.ts";

type ClientType = "normal" | "master" | "primary" | "slave" | "replica" | "pubsub";

const unknownType = (word: Bytes): ReplyError => new ReplyError(`ERR Unknown client type '${printed(word)}'`);

/** `TYPE normal`; which words exist depends on command and release. */
export function typeFilter<N extends string>(
  name: N,
  facts: { readonly name70: string; readonly since: Since; readonly slave: boolean },
) {
  return arg.oneOf(
    name,
    [
      arg.token("normal", "NORMAL"),
      arg.token("master", "MASTER", facts.slave ? { since: "3.2.0" } : {}),
      arg.token("primary", "PRIMARY", { since: { valkey: "8.0.0" }, ...(facts.slave ? {} : { undocumented: true }) }),
      arg.token("slave", "SLAVE", facts.slave ? {} : { undocumented: true }),
      arg.token("replica", "REPLICA", facts.slave ? { since: "5.0.0" } : {}),
      arg.token("pubsub", "PUBSUB"),
    ],
    { token: "TYPE", otherwise: unknownType, name70: facts.name70, since: facts.since },
  );
}

export const skipMe = (since?: Since) =>
  arg.oneOf("skipme", [arg.token("yes", "YES"), arg.token("no", "NO")], {
    token: "SKIPME",
    ...(since === undefined ? {} : { since }),
  });

/** A positive number; `name` begins both of its errors. */
function readPositive(name: Bytes, notAnInteger: Bytes): (bytes: Bytes) => Int64 {
  return (bytes) => {
    const value = parseInt64(bytes);
    if (value === undefined) throw new ReplyError(`ERR ${notAnInteger}`);
    if (value < 1) throw new ReplyError(`ERR ${name} should be greater than 0`);
    return value;
  };
}

export const readClientId = readPositive("client-id", "client-id should be greater than 0");
export const readMaxAge = readPositive("maxage", "maxage is not an integer or out of range");

/** The name of a user that there is. */
export function readUser(name: Bytes, _profile: Profile, server: ServerPort): Bytes {
  if (server.users.find(name) === undefined) throw new ReplyError(`ERR No such user '${printed(name)}'`);
  return name;
}

/** The filters that were given; every one of them must let a client through. */
export interface ClientFilter {
  readonly ids?: readonly Int64[] | undefined;
  readonly type?: ClientType | undefined;
  readonly user?: Bytes | undefined;
  readonly address?: Bytes | undefined;
  readonly localAddress?: Bytes | undefined;
  readonly skipMe?: boolean | undefined;
  /** Seconds. */
  readonly maxAge?: Int64 | undefined;
}

/** One filter as it was given. */
export type GivenFilter =
  | { readonly is: "client-id"; readonly value: Int64 | readonly Int64[] }
  | { readonly is: "client-type"; readonly value: { readonly is: ClientType } }
  | { readonly is: "username" | "addr" | "laddr"; readonly value: Bytes }
  | { readonly is: "skipme"; readonly value: { readonly is: "yes" | "no" } | Bytes }
  | { readonly is: "maxage"; readonly value: Int64 };

/** Joins filters; of two of a kind the later wins, but ids add up where there may be many. */
export function joinFilters(given: readonly GivenFilter[]): ClientFilter {
  let filter: ClientFilter = {};
  for (const { is, value } of given) {
    switch (is) {
      case "client-id": {
        const ids = Array.isArray(value) ? [...(filter.ids ?? []), ...(value as Int64[])] : [value as Int64];
        filter = { ...filter, ids };
        break;
      }
      case "client-type":
        filter = { ...filter, type: value.is };
        break;
      case "username":
        filter = { ...filter, user: value };
        break;
      case "addr":
        filter = { ...filter, address: value };
        break;
      case "laddr":
        filter = { ...filter, localAddress: value };
        break;
      case "skipme":
        filter = { ...filter, skipMe: (typeof value === "string" ? readYes(value) : value.is) === "yes" };
        break;
      case "maxage":
        filter = { ...filter, maxAge: value };
    }
  }
  return filter;
}

function readYes(word: Bytes): "yes" | "no" {
  const value = lower(word);
  if (value !== "yes" && value !== "no") throw syntaxError();
  return value;
}

/** The clients that every filter lets through, in the order of their numbers. */
export function chooseClients({ server, client: me, now }: CommandContext, filter: ClientFilter): ClientPort[] {
  const { ids, type, user, address, localAddress, maxAge } = filter;
  return [...server.clients.values()].filter(
    (each) =>
      (ids === undefined || ids.includes(each.id)) &&
      (type === undefined || TYPES[type] === typeOf(each)) &&
      (user === undefined || each.user === user) &&
      (address === undefined || each.address === address) &&
      (localAddress === undefined || each.localAddress === localAddress) &&
      (maxAge === undefined || Math.floor((now - each.createdAt) / 1000) >= maxAge) &&
      !(filter.skipMe && each === me),
  );
}

/** What the words stand for. */
const TYPES: Readonly<Record<ClientType, ClientKind | "pubsub">> = {
  normal: "normal",
  master: "primary",
  primary: "primary",
  slave: "replica",
  replica: "replica",
  pubsub: "pubsub",
};

function typeOf({ kind, subscribed }: ClientPort): ClientKind | "pubsub" {
  return kind === "normal" && subscribed ? "pubsub" : kind;
}
