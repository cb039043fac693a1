/** A reply as text: exact, but for what depends on the moment, on chance, or on the order of a hash table. */
import type { Bytes } from "../format/escapes.ts";
import type { Reply } from "../format/reply.ts";

type Row = readonly string[];

/** Replies whose order follows from a random seed, and of which moments are a part. */
const MASKS: Readonly<Record<string, (reply: Reply, words: readonly Bytes[]) => string>> = {
  "cluster nodes": (reply) => lines(reply).map(withoutMoments).toSorted().join("\n"),
  "cluster replicas": (reply) =>
    items(reply)
      .map((item) => withoutMoments(plain(item)))
      .toSorted()
      .join("\n"),
  "cluster slaves": (reply) =>
    items(reply)
      .map((item) => withoutMoments(plain(item)))
      .toSorted()
      .join("\n"),
  "cluster info": (reply) =>
    lines(reply)
      .filter((line) => !line.startsWith("cluster_stats_"))
      .join("\n"),
  "cluster links": (reply) => items(reply).map(link).toSorted().join("\n"),
  "cluster shards": (reply) => items(reply).map(shard).toSorted().join("\n"),
  "cluster getkeysinslot": sorted,
  "pubsub shardchannels": sorted,
  keys: sorted,
  smembers: sorted,
  sinter: sorted,
  sunion: sorted,
  sunsubscribe: unordered,
  unsubscribe: unordered,
  "hello 3": () => "hello",
  "info replication": (reply) => lines(reply).map(withoutOffsets).toSorted().join("\n"),
  role,
  wait: enough,
  waitaof: enough,
};

/** What a client shows of a reply to a command. */
export function show(reply: Reply, words: readonly Bytes[]): string {
  const names = [words.slice(0, 2).join(" "), words[0] ?? ""].map((name) => name.toLowerCase());
  const mask = names.map((name) => MASKS[name]).find((each) => each !== undefined);
  const namesAll = mask === unordered && words.length > 1;
  const isExact = mask === undefined || namesAll || (reply.kind === "line" && mask !== enough);
  return isExact ? exact(reply) : mask(reply, words);
}

function exact(reply: Reply): string {
  switch (reply.kind) {
    case "line":
      return reply.text;
    case "bulk":
      return reply.payload === null ? `${reply.type}-1` : `${reply.type}${JSON.stringify(reply.payload)}`;
    case "aggregate":
      return reply.items === null ? `${reply.type}-1` : `${reply.type}[${reply.items.map(exact).join(" ")}]`;
  }
}

function plain(reply: Reply): string {
  return reply.kind === "line" ? reply.text.slice(1) : reply.kind === "bulk" ? (reply.payload ?? "") : exact(reply);
}

function items(reply: Reply): readonly Reply[] {
  return reply.kind === "aggregate" ? (reply.items ?? []) : [];
}

function lines(reply: Reply): Row {
  return plain(reply).replace(/^txt:/, "").split(/\r?\n/);
}

/** All channels of a client are left in the order of a hash table: only how many are left is certain. */
function unordered(reply: Reply): string {
  return items(reply)
    .filter((_, at) => at !== 1)
    .map(exact)
    .join(" ");
}

/** Of replicas that tell how far they are, so many as are waited for, or more: who of them came first is not certain. */
function enough(reply: Reply, [, ...wanted]: readonly Bytes[]): string {
  const counts = reply.kind === "line" ? [reply] : items(reply);
  return counts
    .map((count, nth) => {
      const text = exact(count);
      const least = Number(wanted[nth]);
      return text.startsWith(":") && Number(text.slice(1)) >= least ? `${least} or more` : text;
    })
    .join(" ");
}

function sorted(reply: Reply): string {
  return items(reply).map(exact).toSorted().join(" ");
}

/** A line of CLUSTER NODES without when it was last heard, and without the id of its shard. */
function withoutMoments(line: string): string {
  const words = line.split(" ");
  return words.length < 8
    ? line
    : [...words.slice(0, 4), "ping", "pong", ...words.slice(6)].join(" ").replace(/shard-id=\w+/, "shard-id");
}

/** A line of INFO replication without what counts bytes, seconds or is drawn by chance. */
function withoutOffsets(line: string): string {
  return line
    .replace(
      /^(master_replid2?|second_repl_offset|\w*repl_offset|\w*backlog\w*|master_last_io\w*|replicas?_repl\w*):.*/,
      "$1",
    )
    .replace(/^slave\d+(:.*)offset=\d+,lag=\d+/, "slave$1offset,lag");
}

/** ROLE without how far anybody is, and in which order they came. */
function role(reply: Reply): string {
  return items(reply)
    .map((item) =>
      item.kind === "aggregate"
        ? items(item).map(withoutIntegers).map(exact).toSorted().join()
        : exact(withoutIntegers(item)),
    )
    .join(" ");
}

function withoutIntegers(reply: Reply): Reply {
  if (reply.kind === "aggregate") return { ...reply, items: reply.items?.map(withoutIntegers) ?? null };
  const text = reply.kind === "line" ? reply.text.slice(1) : (reply.payload ?? "");
  return /^-?\d+$/.test(text) ? { kind: "line", text: "offset" } : reply;
}

function fieldsOf(reply: Reply): ReadonlyMap<string, Reply> {
  const row = items(reply);
  return new Map(row.flatMap((item, at) => (at % 2 === 0 ? [[plain(item), row[at + 1]!] as const] : [])));
}

const MOVING: ReadonlySet<string> = new Set([
  "create-time",
  "events",
  "send-buffer-allocated",
  "send-buffer-used",
  "replication-offset",
]);

function facts(reply: Reply): string {
  return [...fieldsOf(reply)].map(([name, value]) => (MOVING.has(name) ? name : `${name}=${exact(value)}`)).join(" ");
}

const link = facts;

function shard(reply: Reply): string {
  return [...fieldsOf(reply)]
    .map(([name, value]) =>
      name === "nodes" ? items(value).map(facts).toSorted().join("; ") : `${name}=${exact(value)}`,
    )
    .join(" ");
}
