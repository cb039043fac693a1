// Which server is simulated: a family and a release. Facts carry `since`; a profile decides what exists in it.

import type { CountingRule } from "../types/stream/progress.ts";

export type Family = "redis" | "valkey";

export type ProfileName = "redis-7.0" | "redis-7.2" | "redis-7.4" | "redis-8.0" | "valkey-8.1";

/** Behaviours that differ between releases without a name in the command table. Handlers ask for these, never for versions. */
export interface Capabilities {
  /** The rules about commands are kept as they were given; before 7.2 rules are found that come to the same. */
  readonly keepsRules: boolean;
  /** Who is refused something is told so by name (7.2). */
  readonly namesRefusedUser: boolean;
  /** Who takes channels away from itself is answered before it is cut off (Redis 8.0). */
  readonly answersBeforeCutOff: boolean;
  /** So is who asks for ACL LOAD (all but Valkey). */
  readonly answersReloadBeforeCutOff: boolean;
  /** ACL LOAD leaves clients alone whose user is still there. */
  readonly keepsClientsOfReloadedUsers: boolean;
  /** redis.acl_check_cmd wants as many words as the command does (Redis 8.0). */
  readonly checksTriedArity: boolean;
  /** CLIENT SETINFO and the lib-name, lib-ver fields (7.2). */
  readonly clientLibraryInfo: boolean;
  /** COMMAND DOCS shows display_text and the argument names of 7.2. */
  readonly displayText: boolean;
  /** CLIENT LIST takes the filters of CLIENT KILL, ids may be many (Valkey 8.1). */
  readonly filterClients: boolean;
  /** CLIENT LIST shows `multi=0` from the first WATCH or MULTI on, also when that is over (Valkey 8.1). */
  readonly remembersTransactions: boolean;
  /** A NUL ends the search for the end of a line in requests, as C's strchr does; Valkey looks on. */
  readonly nulEndsLineSearch: boolean;
  /** SCAN refuses a TYPE that no value can have (Valkey 8.1). */
  readonly checksScanType: boolean;
  /** 7.0's looser reading: HELLO acts while it reads, names are read past a NUL, CLIENT PAUSE lets sums wrap. */
  readonly actsWhileReading: boolean;
  /** Messages that a client's own command brings come behind the replies of its unit (7.2). */
  readonly pushesBehindReplies: boolean;
  /** FLUSHALL and FLUSHDB wait until another thread has freed everything (Redis 7.4). */
  readonly repliesAfterFlush: boolean;
  /** A node of a cluster has one database, and SORT takes patterns whose keys all lie in one slot (Redis 7.4, Valkey 8.0). */
  readonly patternsInCluster: boolean;
  /** A script is told what is wrong with the slots of its keys (7.2). */
  readonly tellsSlotsInScripts: boolean;
  /** LREM, ZPOPMIN and XADD tell whoever caches a key behind all of their events (7.2). */
  readonly tellsChangesLast: boolean;
  /** Quoted words keep their quotes and backslashes as they are (Valkey 8.1). */
  readonly quotesBare: boolean;
  /** Whoever caches a key that is evicted learns of it behind the event (Redis 8.0). */
  readonly evictsWithEventFirst: boolean;
  /** Where memory is lacking nothing may be queued in a transaction (before 7.2). */
  readonly limitsQueues: boolean;
  /** A pause is over a millisecond after its time (before 7.2). */
  readonly endsPausesLate: boolean;
  /** What a script reads is tracked as the keys that it was given, not those that it reads (before 7.2). */
  readonly remembersDeclaredKeys: boolean;
  /** There is an import mode (Valkey 8.1). */
  readonly imports: boolean;
  /** SCAN reads its cursor strictly (7.2). */
  readonly strictCursors: boolean;
  /** Memory of deleted keys is freed in the background by default: deletions travel as UNLINK (Valkey 8). */
  readonly deleteInBackground: boolean;
  /** Small lists and small sets of strings are listpacks (7.2). */
  readonly smallListsAndSets: boolean;
  /** A failed AUTH is not answered while earlier replies of the connection wait to be sent (7.2). */
  readonly losesAuthErrors: boolean;
  /** A deadline that is past, or now, expires the key at once, with event and count; nothing is set (Valkey 8.1). */
  readonly pastDeadlinesExpire: boolean;
  /** Keys lie in one piece with their values; integers are not shared between keys (Valkey 8.1). */
  readonly embedsKeys: boolean;
  /** Counts that have no positive counterpart are refused where their sign means a direction (7.2). */
  readonly refusesLeastCount: boolean;
  /** HSCAN takes NOVALUES (Redis 7.4, Valkey 8.0). */
  readonly scansWithoutValues: boolean;
  /** ZSCAN takes NOSCORES (Valkey 8.1). */
  readonly scansWithoutScores: boolean;
  /** Bounds of score ranges and SORT's weights may begin with blanks and be hexadecimal (all but Redis 8.0). */
  readonly looseScoreBounds: boolean;
  /** What a sorted set grows for before it is there; see `EncodingLimits`. */
  readonly sortedSetForesight: "first" | "count" | "count-and-length";
  /** LOLWUT has something to show by itself (Redis 8.0). */
  readonly drawsUnasked: boolean;
  /** The version of the RDB format that DUMP writes and RESTORE takes. */
  readonly rdbVersion: number;
  /** XREAD takes `+` for the last entry (7.4): the last that is there, or the last that ever was (Valkey). */
  readonly readsLastEntry: "there" | "ever" | false;
  /** XREAD lists `+` where ids are missing (Redis 7.4). */
  readonly listsLastEntryId: boolean;
  /** XREAD and XREADGROUP are told apart where ids are missing (7.2). */
  readonly namesUnbalancedReader: boolean;
  /** Consumers of streams are made and seen as soon as they ask; when they were last given something is told (7.2). */
  readonly tracksConsumers: boolean;
  /** Replicas learn how far a group has read by every XREADGROUP; by those without acknowledgement before (7.2). */
  readonly sendsGroupPosition: boolean;
  /** A client that waits is served from the key that was written, and from it alone; since 7.2 its command runs again. */
  readonly servesWrittenKeyAlone: boolean;
  /** A command that waits is counted when it has replied, not when it begins to wait (7.2). */
  readonly countsFinishedWaits: boolean;
  /** A wait must end within 64 bits of milliseconds (7.2). */
  readonly boundsTimeouts: boolean;
  /** XADD takes a millisecond that is full for an entry that is too large (before 7.2). */
  readonly mistakesFullMilliseconds: boolean;
  /** XSETID refuses an id below the greatest that was deleted (7.2). */
  readonly keepsDeletedIdsBelowLast: boolean;
  /** What XREADGROUP delivers once more counts as a change of the stream (before 7.4, Valkey). */
  readonly countsRedelivery: boolean;
  /** How the entries that a group has read are counted. */
  readonly streamCounting: CountingRule;
  /** BGSAVE takes CANCEL (Valkey 8.1). */
  readonly cancelsSaves: boolean;
  /** DEBUG RELOAD that fails points to the server's logs (7.2). */
  readonly pointsToLogs: boolean;
  /** BITCOUNT and BITPOS read their range before they look at the key (7.2). */
  readonly readsBitRangeFirst: boolean;
  /** BITCOUNT takes a start alone, and reads the unit before the end (Valkey 8.1). */
  readonly countsBitsWithoutEnd: boolean;
  /** GETDEL deletes in the background where a user's deletions do (before 7.2). */
  readonly getdelInBackground: boolean;
  /** SPOP of every member deletes in the background where the server's own deletions do (7.2). */
  readonly spopInBackground: boolean;
  /** SET with PXAT travels as it was sent; without its conditions before (7.2). */
  readonly sendsSetAsSent: boolean;
  /** Members that SPOP takes travel in one SREM; one by one before (7.2). */
  readonly sendsPopsTogether: boolean;
  /** A replica tells its primary which release it is (Valkey 8). */
  readonly tellsVersionToPrimary: boolean;
  /** SENTINEL CONFIG takes several settings (7.2). */
  readonly setsSentinelsAtOnce: boolean;
  /** A replica may ask for its data over a connection of their own (Redis 8.0, Valkey 8). */
  readonly opensDataChannel: boolean;
  /** WAIT and WAITAOF are about what the client wrote itself, not about all that was there (7.2). */
  readonly waitsForOwnWrites: boolean;
  /** The database of a transaction is selected within it (7.2). */
  readonly selectsInTransactions: boolean;
  /** What is written while `no-appendfsync-on-rewrite` keeps it from being synced counts as safe (Valkey 8.1). */
  readonly promisesWithoutSync: boolean;
  /** DEBUG LOADAOF of a file that means nothing is an error, not the end of the process (7.2). */
  readonly outlivesBrokenFiles: boolean;
  /** The manifest of the append-only file notes where the replication stream was (Redis 8.0). */
  readonly notesAofOffsets: boolean;
  /** Replicas say how far their AOF has got (7.2). */
  readonly acknowledgesAof: boolean;
  /** CLUSTER MEET speaks of TCP ports (before 7.2). */
  readonly namesTcpPorts: boolean;
  /** A node whose place somebody else has taken is down at once (Valkey 8.1). */
  readonly failsReplacedNodes: boolean;
  /** What CLUSTER LINKS says of a buffer in which nothing waits, in bytes: the list itself counts (7.2). */
  readonly emptyLinkBufferBytes: number;
  /** CLUSTER SHARDS tells the ports for TLS to everybody (7.2). */
  readonly showsTlsPorts: boolean;
  /** A node whose port has changed sees it itself, as others do (Redis 8.0). */
  readonly seesOwnPort: boolean;
  /** In a cluster the channels of SUNSUBSCRIBE are taken for keys: a replica sends it away (Redis 8.0). */
  readonly takesUnsubscribingForKeys: boolean;
  /** Shard channels are told from keys inside a transaction too (7.2). */
  readonly queuesShardChannels: boolean;
  /** A primary tells its replicas of slots that move, and waits for them (Valkey 8.0). */
  readonly replicatesSlotMoves: boolean;
  /** What was queued is forgotten when a transaction is doomed, and sends EXEC nowhere (Valkey). */
  readonly emptiesDoomedTransactions: boolean;
  /** When a slot gets another owner its shard channels are over on nodes too that it comes to (Redis 8.0, Valkey). */
  readonly endsChannelsEverywhere: boolean;
  /** In which slot a script finds keys of a slot on its way: in that of the keys that it was given, or that it used last. */
  readonly findsKeysOfScriptsIn: "every slot" | "the given slot" | "the last slot";
  /** They are over on every node of the shard that loses the slot, on the replica too that takes its primary's place. */
  readonly endsChannelsInShard: boolean;
  /** Keys that go because their slot belongs to somebody else go from the replicas too (7.2). */
  readonly tellsReplicasOfLostKeys: boolean;
  /** LATENCY LATEST sums up (Valkey 8.1). */
  readonly sumsLatencies: boolean;
  /** A log that keeps nothing counts nothing (7.2). */
  readonly leavesEmptyLogAlone: boolean;
  /** A command of a script is logged as its caller's (Valkey). */
  readonly logsCallersOfScripts: boolean;
  /** Where it is nobody's, its address is empty (Redis 7.2). */
  readonly hidesClientsOfScripts: boolean;
  /** LSET cuts its index to 32 bits (7.2). */
  readonly cutsListIndex: boolean;
  /** PFDEBUG SIMD (Redis 8.0, Valkey 8.1). */
  readonly vectorizeHyperLogLogs: boolean;
  /** GEOPOS and its kin print coordinates as other doubles, not with 17 places (Redis 8.0). */
  readonly shortestCoordinates: boolean;
  /** Doubles print with the shortest digits (7.2). */
  readonly shortestDoubles: boolean;
}

export interface Profile {
  readonly name: ProfileName;
  readonly family: Family;
  /** What INFO and HELLO report: Valkey reports its own version beside the Redis version it is compatible with. */
  readonly version: string;
  /** The Redis release that scripts and clients see. */
  readonly redisVersion: string;
  readonly can: Capabilities;
}

/** The release in which something appeared. A plain string is a Redis release; Valkey has what Redis had up to 7.2.4. */
export type Since = string | { readonly redis?: string; readonly valkey?: string };

/** The last common ancestor of Redis and Valkey. */
const FORK = "7.2.4";

function profile(name: ProfileName, family: Family, version: string, redisVersion = version): Profile {
  const from72 = compareVersions(redisVersion, "7.2.0") >= 0;
  const from74 = compareVersions(redisVersion, "7.4.0") >= 0;
  return {
    name,
    family,
    version,
    redisVersion,
    can: {
      keepsRules: from72,
      namesRefusedUser: from72,
      answersBeforeCutOff: name === "redis-8.0",
      answersReloadBeforeCutOff: family === "redis",
      keepsClientsOfReloadedUsers: from74 || family === "valkey",
      checksTriedArity: name === "redis-8.0",
      clientLibraryInfo: from72,
      displayText: from72,
      shortestDoubles: from72,
      shortestCoordinates: name === "redis-8.0",
      vectorizeHyperLogLogs: family === "valkey" || compareVersions(redisVersion, "8.0.0") >= 0,
      tellsVersionToPrimary: family === "valkey",
      setsSentinelsAtOnce: from72,
      opensDataChannel: family === "valkey" || compareVersions(redisVersion, "8.0.0") >= 0,
      waitsForOwnWrites: from72,
      selectsInTransactions: from72,
      promisesWithoutSync: family === "valkey",
      outlivesBrokenFiles: from72,
      notesAofOffsets: name === "redis-8.0",
      acknowledgesAof: from72,
      namesTcpPorts: !from72,
      failsReplacedNodes: family === "valkey",
      emptyLinkBufferBytes: from72 ? 48 : 0,
      showsTlsPorts: from72,
      seesOwnPort: name === "redis-8.0",
      takesUnsubscribingForKeys: name === "redis-8.0",
      queuesShardChannels: from72,
      replicatesSlotMoves: family === "valkey",
      emptiesDoomedTransactions: family === "valkey",
      endsChannelsEverywhere: name === "redis-8.0" || family === "valkey",
      findsKeysOfScriptsIn: family === "valkey" ? "the given slot" : from74 ? "the last slot" : "every slot",
      endsChannelsInShard: from72,
      tellsReplicasOfLostKeys: from72,
      sumsLatencies: family === "valkey",
      leavesEmptyLogAlone: from72,
      logsCallersOfScripts: family === "valkey",
      hidesClientsOfScripts: from72,
      cutsListIndex: from72,
      sendsPopsTogether: from72,
      sendsSetAsSent: from72,
      getdelInBackground: !from72,
      spopInBackground: from72,
      cancelsSaves: family === "valkey",
      pointsToLogs: from72,
      readsBitRangeFirst: from72,
      countsBitsWithoutEnd: family === "valkey",
      readsLastEntry: family === "valkey" ? "ever" : from74 && "there",
      listsLastEntryId: from74,
      namesUnbalancedReader: from72,
      tracksConsumers: from72,
      sendsGroupPosition: from72,
      countsFinishedWaits: from72,
      servesWrittenKeyAlone: !from72,
      boundsTimeouts: from72,
      mistakesFullMilliseconds: !from72,
      keepsDeletedIdsBelowLast: from72,
      streamCounting: {
        countsFromFirst: from74 || family === "valkey",
        lagFromFirst: from74,
        deletedAlwaysMatter: family === "valkey",
      },
      countsRedelivery: !from74,
      drawsUnasked: name === "redis-8.0",
      rdbVersion: !from72 ? 10 : family === "valkey" || compareVersions(redisVersion, "7.4.0") < 0 ? 11 : 12,
      looseScoreBounds: name !== "redis-8.0",
      sortedSetForesight: !from72 ? "first" : family === "valkey" ? "count-and-length" : "count",
      scansWithoutScores: family === "valkey",
      scansWithoutValues: family === "valkey" || compareVersions(redisVersion, "7.4.0") >= 0,
      refusesLeastCount: from72,
      embedsKeys: family === "valkey",
      losesAuthErrors: from72,
      smallListsAndSets: from72,
      filterClients: family === "valkey",
      remembersTransactions: family === "valkey",
      nulEndsLineSearch: family === "redis",
      checksScanType: family === "valkey",
      strictCursors: from72,
      pushesBehindReplies: from72,
      repliesAfterFlush: from74,
      tellsSlotsInScripts: from72,
      patternsInCluster: from74 || family === "valkey",
      tellsChangesLast: from72,
      quotesBare: family === "valkey",
      evictsWithEventFirst: name === "redis-8.0",
      limitsQueues: !from72,
      remembersDeclaredKeys: !from72,
      imports: family === "valkey",
      actsWhileReading: !from72,
      endsPausesLate: !from72,
      deleteInBackground: family === "valkey",
      pastDeadlinesExpire: family === "valkey",
    },
  };
}

/** Every profile by its name. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  "redis-7.0": profile("redis-7.0", "redis", "7.0.15"),
  "redis-7.2": profile("redis-7.2", "redis", "7.2.7"),
  "redis-7.4": profile("redis-7.4", "redis", "7.4.2"),
  "redis-8.0": profile("redis-8.0", "redis", "8.0.2"),
  "valkey-8.1": profile("valkey-8.1", "valkey", "8.1.1", FORK),
};

export const defaultProfile: Profile = profiles["redis-8.0"];

/** Whether something that appeared in `since` exists in a profile. */
export function exists(since: Since | undefined, { family, version }: Profile): boolean {
  if (since === undefined) return true;
  if (typeof since !== "string") {
    const own = since[family];
    return own !== undefined && compareVersions(version, own) >= 0;
  }
  return compareVersions(family === "valkey" ? FORK : version, since) >= 0;
}

/** The release that COMMAND DOCS shows for `since` in a profile in which it exists. */
export function sinceIn(since: Since, { family }: Profile): string {
  return typeof since === "string" ? since : since[family]!;
}

/** Negative, zero or positive, part by part. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
