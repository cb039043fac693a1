// As whom a server presents itself: Valkey passes for the Redis that it descends from where `extended-redis-compatibility` says so.
import type { Family, Profile } from "../commands/profile.ts";
import type { Config } from "./config.ts";

export interface Identity {
  readonly family: Family;
  /** As its errors spell it. */
  readonly title: "Redis" | "Valkey";
  readonly version: string;
  /** `availability-zone`; empty where there is none. */
  readonly zone: string;
}

/** What HELLO, INFO and errors say of it. */
export function identityOf({ family, version, redisVersion }: Profile, config: Config): Identity {
  if (family === "redis") return { family, title: "Redis", version, zone: "" };
  const zone = config.text("availability-zone");
  return config.flag("extended-redis-compatibility")
    ? { family: "redis", title: "Redis", version: redisVersion, zone }
    : { family, title: "Valkey", version, zone };
}
