/** The releases that cases speak of: which exist, which can be asked here, and what `since` and `only` mean for each. */

export type Family = "redis" | "valkey";

export type Profile = {
  readonly name: ProfileName;
  readonly family: Family;
  /** The release as numbers; the patch level of a profile nobody can ask here counts as the last of its line. */
  readonly release: readonly [number, number, number];
  /** The release of Redis whose commands it has at least: a plain `since 7.2.0` is measured by it. */
  readonly redisRelease: readonly [number, number, number];
};

/** All profiles, oldest first, each family in a row. */
export const profileNames = ["redis-7.0", "redis-7.2", "redis-7.4", "redis-8.0", "valkey-8.1"] as const;
export type ProfileName = (typeof profileNames)[number];

/** The profiles that a real server stands for (see servers/lay.sh). The others follow from `since` facts. */
export const recordedProfiles = ["redis-7.0", "redis-8.0", "valkey-8.1"] as const satisfies readonly ProfileName[];

/** The oldest of them, the lower neighbour of the releases that nobody can ask here. */
export const lowestProfile: ProfileName = "redis-7.0";

export function isRecorded(profile: ProfileName): boolean {
  return (recordedProfiles as readonly string[]).includes(profile);
}

/** Its RESP2 reply is the one a case states without a qualifier. */
export const referenceProfile: ProfileName = "redis-8.0";

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  "redis-7.0": { name: "redis-7.0", family: "redis", release: [7, 0, 15], redisRelease: [7, 0, 15] },
  "redis-7.2": { name: "redis-7.2", family: "redis", release: [7, 2, 99], redisRelease: [7, 2, 99] },
  "redis-7.4": { name: "redis-7.4", family: "redis", release: [7, 4, 99], redisRelease: [7, 4, 99] },
  "redis-8.0": { name: "redis-8.0", family: "redis", release: [8, 0, 2], redisRelease: [8, 0, 2] },
  "valkey-8.1": { name: "valkey-8.1", family: "valkey", release: [8, 1, 1], redisRelease: [7, 2, 4] },
};

export type Protocol = "resp2" | "resp3";
export const protocols: readonly Protocol[] = ["resp2", "resp3"];

/** A profile and a protocol: what one reply was recorded under, and what one run of a case is made for. */
export type Setting = { readonly profile: ProfileName; readonly protocol: Protocol };

export function isProfileName(word: string): word is ProfileName {
  return (profileNames as readonly string[]).includes(word);
}

export function isFamily(word: string): word is Family {
  return word === "redis" || word === "valkey";
}

/** A lower bound on the release, for one family or (without one) for whatever speaks Redis of that release. */
export type Since = { readonly family?: Family; readonly release: readonly [number, number, number] };

/** Where a case, or a whole file, applies. Both lists narrow; empty lists narrow nothing. */
export type Applicability = {
  /** Alternatives: a profile must satisfy one of them. */
  readonly since: readonly Since[];
  readonly only: readonly (ProfileName | Family)[];
  readonly protocols: readonly Protocol[];
};

export const everywhere: Applicability = { since: [], only: [], protocols: [] };

/** Says whether a case that is so restricted runs in this setting. */
export function applies(where: Applicability, { profile, protocol }: Setting): boolean {
  const facts = profiles[profile];
  if (where.protocols.length > 0 && !where.protocols.includes(protocol)) return false;
  if (where.only.length > 0 && !where.only.some((word) => word === profile || word === facts.family)) return false;
  if (where.since.length === 0) return true;
  return where.since.some(({ family, release }) => {
    if (family === undefined) return reaches(facts.redisRelease, release);
    return family === facts.family && reaches(facts.release, release);
  });
}

function reaches(has: readonly number[], wants: readonly number[]): boolean {
  for (const [index, wanted] of wants.entries()) {
    const part = has[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** Reads `7.2` or `7.2.4`. */
export function parseRelease(word: string): readonly [number, number, number] | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(word);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}
