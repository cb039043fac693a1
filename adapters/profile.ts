// From the versions that people name to the profiles that exist.
import { profiles, type ProfileName } from "../core/index.ts";

export interface ProfileChoice {
  readonly profile?: string | undefined;
  /** `7.2`, `8.0.2`, `8`, `valkey-8.1`. */
  readonly version?: string | undefined;
}

/**
 * The profile that is meant; Redis 8.0 when nothing is said.
 *
 * @throws RangeError when there is no such profile, naming those that exist
 */
export function findProfile({ profile, version }: ProfileChoice): ProfileName {
  const names = Object.keys(profiles) as ProfileName[];
  if (profile === undefined && version === undefined) return "redis-8.0";
  const wanted = profile ?? version!;
  const family = /^[a-z]/i.test(wanted) ? wanted.toLowerCase() : `redis-${wanted}`;
  const found =
    names.find((name) => name === family) ??
    names.find((name) => family.startsWith(`${name}.`)) ??
    names.find((name) => name.startsWith(`${family}.`));
  if (found === undefined) {
    throw new RangeError(`There is no profile for ${JSON.stringify(wanted)}. There are ${names.join(", ")}.`);
  }
  return found;
}
