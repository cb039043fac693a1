// What a machine is called: its names and addresses, which of them sockets can be bound to, and which sockets are in each other's
// way (anet.c: anetTcpServer, and what Linux says to bind).
import { lower, type Bytes } from "../kernel/bytes.ts";

/** Every address of version 4, and of version 6. */
export const ANY_V4 = "0.0.0.0";
export const ANY_V6 = "::";
const LOOPBACK_V4 = "127.0.0.1";
const LOOPBACK_V6 = "::1";

/** Names of this machine stand for each other. */
export function sameHost(a: Bytes, b: Bytes): boolean {
  return a === b || (LOCAL.has(a) && LOCAL.has(b));
}

const LOCAL: ReadonlySet<Bytes> = new Set([LOOPBACK_V4, "localhost", LOOPBACK_V6, ANY_V4]);

/** What a host that is dialled stands for, each in the one way to write it. A name that nobody knows is an address of its own. */
export function addressesOf(host: Bytes): readonly Bytes[] {
  const name = lower(host);
  if (name === "localhost") return [LOOPBACK_V4, LOOPBACK_V6];
  const address = name.includes(":") ? readIpv6(name) : readIpv4(name);
  if (address === ANY_V4) return [LOOPBACK_V4];
  if (address === ANY_V6) return [LOOPBACK_V6];
  return [address ?? name];
}

/** What a word of `bind` asks for: undefined where it means nothing. */
export function boundAddress(word: Bytes, isKnownName: (name: Bytes) => boolean): Bytes | undefined {
  if (word === "*") return ANY_V4;
  if (word === "::*") return ANY_V6;
  const name = lower(word);
  if (name.includes(":")) return boundIpv6(name);
  if (name === "localhost") return LOOPBACK_V4;
  return readIpv4(name) ?? (isKnownName(name) ? name : undefined);
}

/** Sockets of version 6 hear nobody else, and an address of one link says nothing without its link. */
function boundIpv6(name: Bytes): Bytes | undefined {
  const address = readIpv6(name);
  return address === undefined || /^(::ffff:[\da-f]+:[\da-f]+$|fe[89ab][\da-f]:)/.test(address) ? undefined : address;
}

/** Whether Linux binds a socket to it, on a machine with no address but its own names and those of the loopback interface. */
export function isBindable(address: Bytes, isKnownName: (name: Bytes) => boolean): boolean {
  if (address === ANY_V6 || address === LOOPBACK_V6 || isKnownName(address)) return true;
  return address === ANY_V4 || /^(127|22[4-9]|23\d)\./.test(address) || address === "255.255.255.255";
}

/** Whether a socket that is bound to one hears who dials the other, or is in the way of a socket that is bound to it. */
export function covers(bound: Bytes, address: Bytes): boolean {
  return bound === address || bound === (address.includes(":") ? ANY_V6 : ANY_V4);
}

const PARTS = 4;

/** One to four numbers, decimal, octal or hexadecimal, of which the last fills what is left (inet_aton). */
function readIpv4(text: Bytes): Bytes | undefined {
  const parts = text.split(".");
  if (parts.length > PARTS || !parts.every((part) => /^(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/.test(part))) return undefined;
  const numbers = parts.map((part) => (/^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.pop()!;
  const filled = PARTS - numbers.length;
  if (numbers.some((number) => number > 0xff) || last >= 256 ** filled) return undefined;
  const rest = Array.from({ length: filled }, (_, at) => Math.floor(last / 256 ** (filled - 1 - at)) % 256);
  return [...numbers, ...rest].join(".");
}

const GROUPS = 8;

/** Written with `::` for its first zeros. Eight groups, `::` for one or more of zeros, the last two perhaps as an address of version 4 (inet_pton). */
function readIpv6(text: Bytes): Bytes | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => groupsOf(half));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = GROUPS - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return groups
    .map((group) => group.toString(16))
    .join(":")
    .replace(/(?:^|:)0(?::0)+(?::|$)/, "::");
}

function groupsOf(half: Bytes): number[] | undefined {
  const groups: number[] = [];
  for (const [at, group] of half === "" ? [] : half.split(":").entries()) {
    const ipv4 = at === half.split(":").length - 1 && group.includes(".") ? readIpv4(group) : undefined;
    if (ipv4 !== undefined) {
      const [a, b, c, d] = ipv4.split(".").map(Number);
      groups.push(a! * 256 + b!, c! * 256 + d!);
    } else if (/^[\da-f]{1,4}$/.test(group)) groups.push(Number.parseInt(group, 16));
    else return undefined;
  }
  return groups;
}
