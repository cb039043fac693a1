// Strict mode: a test that dials a real Redis by mistake fails, and learns where.
import { addressKey, parseAddress, showAddress, type Address } from "../addresses.ts";
import { placesHere } from "../scope.ts";
import { callerHere, callerServed } from "./caller.ts";

export interface StrictOptions {
  /** Ports that mean a Redis. Default 6379, 6380 and 26379. */
  readonly ports?: readonly number[];
  /** Addresses that may be dialled all the same. */
  readonly allow?: readonly string[];
}

const PORTS = [6379, 6380, 26_379];

/** Somebody dialled a Redis that is not simulated. */
export class RealRedisDialled extends Error {
  override readonly name = "RealRedisDialled";
  readonly code = "ERR_REDOUBLE_STRICT";
}

/** Gives the error for a dial that is forbidden, undefined for one that is not. */
export type Guard = (address: Address) => RealRedisDialled | undefined;

/** A guard after these options; one that lets everything pass for `false`. */
export function makeGuard(strict: boolean | StrictOptions): Guard {
  if (strict === false) return () => undefined;
  const { ports = PORTS, allow = [] } = strict === true ? {} : strict;
  const allowed = new Set(allow.map((address) => addressKey(parseAddress(address))));
  return (address) => {
    const meansRedis = "path" in address ? /redis|valkey/i.test(address.path) : ports.includes(address.port);
    return meansRedis && !allowed.has(addressKey(address)) ? refusal(address) : undefined;
  };
}

function refusal(address: Address): RealRedisDialled {
  const at = showAddress(address);
  const caller = callerHere(address);
  callerServed(address);
  return new RealRedisDialled(
    `A real Redis at ${at} was dialled${caller === undefined ? "" : ` from ${caller}`}, and no simulated server listens there. ` +
      `${placesHere()} Simulate it, by the option addresses: ["${at}"] or a topology, or let it pass, strict: { allow: ["${at}"] }.`,
  );
}
