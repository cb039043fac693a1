// What may be announced: hostnames, names for people, addresses of either kind (config.c: isValidAnnouncedHostname and its kin).
import type { Bytes } from "../../kernel/bytes.ts";

const MOST_HOSTNAME_LENGTH = 255;

/** What is wrong with a hostname, in Redis's words. */
export function problemOfHostname(text: Bytes): Bytes | undefined {
  if (text.length > MOST_HOSTNAME_LENGTH) return "Hostnames must be less than 256 characters";
  return /^[A-Za-z0-9.-]*$/.test(text)
    ? undefined
    : "Hostnames may only contain alphanumeric characters, hyphens or dots";
}

const BAD_NODENAME = "Announced human node name contained invalid character";

/** What is wrong with a name for people: it may hold nothing that means something in the file of the nodes. */
export function problemOfNodename(text: Bytes): Bytes | undefined {
  return /[\0!#$%&()*+:;<>?@[\]^{|}~]/.test(text) ? BAD_NODENAME : undefined;
}

/** Valkey allows colons. */
export function problemOfNodenameWithColons(text: Bytes): Bytes | undefined {
  return problemOfNodename(text.replaceAll(":", ""));
}

export function problemOfIpv4(text: Bytes): Bytes | undefined {
  return text === "" || isIpv4(text) ? undefined : "Invalid IPv4 address";
}

export function problemOfIpv6(text: Bytes): Bytes | undefined {
  return text === "" || isIpv6(text) ? undefined : "Invalid IPv6 address";
}

function isIpv4(text: Bytes): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

const IPV6_GROUPS = 8;

/** Eight groups; `::` stands for one or more of zeros, once; the last two may be written as an IPv4 address (inet_pton). */
function isIpv6(text: Bytes): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  const endsAsIpv4 = last !== undefined && !text.endsWith("::") && isIpv4(last);
  const plain = endsAsIpv4 ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = plain.length + (endsAsIpv4 ? 2 : 0);
  return halves.length === 2 ? count < IPV6_GROUPS : count === IPV6_GROUPS;
}
