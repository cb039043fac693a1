// Every command, by group. A new command is one line here.
import type { Command } from "./command.ts";
import { acl } from "./acl/acl.ts";
import { bitcount, bitpos } from "./bitmap/bit-ranges.ts";
import { bitfield, bitfieldRo } from "./bitmap/bitfield.ts";
import { bitop, getbit, setbit } from "./bitmap/bits.ts";
import { client } from "./connection/client.ts";
import { auth, echo, hello, ping, quit, reset, select } from "./connection/session.ts";
import { del, existsCommand, touch, unlink } from "./generic/delete.ts";
import { dump, restore, restoreAsking } from "./generic/dump.ts";
import { migrate } from "./generic/migrate.ts";
import { object } from "./generic/object.ts";
import { wait, waitaof } from "./generic/wait.ts";
import { geoadd, geodist, geohash, geopos } from "./geo/members.ts";
import * as geo from "./geo/search.ts";
import * as expireFamily from "./generic/expire.ts";
import { copy, move, rename, renamenx } from "./generic/move.ts";
import { keys, randomkey, scan, type } from "./generic/scan.ts";
import { sort, sortRo } from "./generic/sort.ts";
import { hincrby, hincrbyfloat } from "./hash/counter.ts";
import * as fieldExpireFamily from "./hash/expire.ts";
import { hexists, hget, hgetall, hkeys, hlen, hmget, hscan, hstrlen, hvals } from "./hash/get.ts";
import { hgetdel, hgetex, hsetex } from "./hash/getex.ts";
import { hrandfield } from "./hash/random.ts";
import { hdel, hmset, hset, hsetnx } from "./hash/set.ts";
import { publish, pubsub, spublish } from "./pubsub/publish.ts";
import * as subscriptions from "./pubsub/subscribe.ts";
import { pfadd, pfcount, pfdebug, pfmerge, pfselftest } from "./hyperloglog.ts";
import { blmove, blmpop, blpop, brpop, brpoplpush } from "./list/blocking.ts";
import { lmove, lmpop, lpop, rpop, rpoplpush } from "./list/pop.ts";
import { linsert, lpush, lpushx, lset, rpush, rpushx } from "./list/push.ts";
import { lindex, llen, lpos, lrange, lrem, ltrim } from "./list/range.ts";
import { sdiff, sdiffstore, sinter, sintercard, sinterstore, sunion, sunionstore } from "./set/algebra.ts";
import { sadd, scard, sismember, smembers, smismember, smove, srem, sscan } from "./set/members.ts";
import * as zaggregate from "./sorted-set/aggregate.ts";
import { zadd, zincrby } from "./sorted-set/add.ts";
import { bzmpop, bzpopmax, bzpopmin } from "./sorted-set/blocking.ts";
import { zmpop, zpopmax, zpopmin, zrem } from "./sorted-set/pop.ts";
import * as zranges from "./sorted-set/range.ts";
import { zcard, zcount, zlexcount, zmscore, zrandmember, zrank, zrevrank, zscan, zscore } from "./sorted-set/read.ts";
import { spop, srandmember } from "./set/random.ts";
import { evalCommand, evalRo, evalsha, evalshaRo } from "./scripting/eval.ts";
import { fcall, fcallRo } from "./scripting/fcall.ts";
import { functionCommand } from "./scripting/function.ts";
import { script } from "./scripting/script.ts";
import { command } from "./server/command.ts";
import { config } from "./server/config.ts";
import { debug } from "./server/debug.ts";
import { memory } from "./server/memory.ts";
import { monitor } from "./server/monitor.ts";
import { dbsize, flushall, flushdb, swapdb } from "./server/keyspace.ts";
import { asking, cluster, readonly, readwrite } from "./cluster/cluster.ts";
import { failover, psync, replconf, replicaof, role, slaveof, sync } from "./server/replication.ts";
import { latency } from "./server/latency.ts";
import { lolwut } from "./server/lolwut.ts";
import { moduleCommand } from "./server/module.ts";
import { commandlog, slowlog } from "./server/slowlog.ts";
import { shutdown } from "./server/shutdown.ts";
import { bgrewriteaof, bgsave, lastsave, save } from "./server/save.ts";
import { info, time } from "./server/time.ts";
import { vadd, vrem, vsetattr } from "./vector-set/change.ts";
import * as vectorReaders from "./vector-set/read.ts";
import { vsim } from "./vector-set/search.ts";
import { decr, decrby, incr, incrby, incrbyfloat } from "./string/counter.ts";
import { get, getdel, getex, getrange, getset, mget, strlen, substr } from "./string/get.ts";
import { lcs } from "./string/lcs.ts";
import { xadd, xdel, xsetid } from "./stream/add.ts";
import { xautoclaim, xclaim } from "./stream/claim.ts";
import { xgroup } from "./stream/group.ts";
import { xinfo } from "./stream/info.ts";
import { xack, xpending } from "./stream/pending.ts";
import { xlen, xrange, xrevrange } from "./stream/range.ts";
import { xread, xreadgroup } from "./stream/read.ts";
import { xtrim } from "./stream/trim.ts";
import { append, mset, msetnx, psetex, set, setex, setnx, setrange } from "./string/set.ts";
import { discard, exec, multi, unwatch, watch } from "./transactions.ts";

const { expire, expireat, expiretime, persist, pexpire, pexpireat, pexpiretime, pttl, ttl } = expireFamily;

const { hexpire, hexpireat, hexpiretime, hpersist, hpexpire, hpexpireat, hpexpiretime, hpttl, httl } =
  fieldExpireFamily;

const connection: readonly Command[] = [auth, client, echo, hello, ping, quit, reset, select];

const string: readonly Command[] = [
  append,
  decr,
  decrby,
  get,
  getdel,
  getex,
  getrange,
  getset,
  incr,
  incrby,
  incrbyfloat,
  lcs,
  mget,
  mset,
  msetnx,
  psetex,
  set,
  setex,
  setnx,
  setrange,
  strlen,
  substr,
];

const bitmap: readonly Command[] = [bitcount, bitfield, bitfieldRo, bitop, bitpos, getbit, setbit];

const list: readonly Command[] = [
  blmove,
  blmpop,
  blpop,
  brpop,
  brpoplpush,
  lindex,
  linsert,
  llen,
  lmove,
  lmpop,
  lpop,
  lpos,
  lpush,
  lpushx,
  lrange,
  lrem,
  lset,
  ltrim,
  rpop,
  rpoplpush,
  rpush,
  rpushx,
];

const sets: readonly Command[] = [
  sadd,
  scard,
  sdiff,
  sdiffstore,
  sinter,
  sintercard,
  sinterstore,
  sismember,
  smembers,
  smismember,
  smove,
  spop,
  srandmember,
  srem,
  sscan,
  sunion,
  sunionstore,
];

const sortedSets: readonly Command[] = [
  bzmpop,
  bzpopmax,
  bzpopmin,
  zadd,
  zcard,
  zcount,
  zaggregate.zdiff,
  zaggregate.zdiffstore,
  zincrby,
  zaggregate.zinter,
  zaggregate.zintercard,
  zaggregate.zinterstore,
  zlexcount,
  zmpop,
  zmscore,
  zpopmax,
  zpopmin,
  zrandmember,
  zranges.zrange,
  zranges.zrangebylex,
  zranges.zrangebyscore,
  zranges.zrangestore,
  zrank,
  zrem,
  zranges.zremrangebylex,
  zranges.zremrangebyrank,
  zranges.zremrangebyscore,
  zranges.zrevrange,
  zranges.zrevrangebylex,
  zranges.zrevrangebyscore,
  zrevrank,
  zscan,
  zscore,
  zaggregate.zunion,
  zaggregate.zunionstore,
];

const hash: readonly Command[] = [
  hdel,
  hexists,
  hexpire,
  hexpireat,
  hexpiretime,
  hget,
  hgetall,
  hgetdel,
  hgetex,
  hincrby,
  hincrbyfloat,
  hkeys,
  hlen,
  hmget,
  hmset,
  hpersist,
  hpexpire,
  hpexpireat,
  hpexpiretime,
  hpttl,
  hrandfield,
  hscan,
  hset,
  hsetex,
  hsetnx,
  hstrlen,
  httl,
  hvals,
];

const stream: readonly Command[] = [
  xack,
  xadd,
  xautoclaim,
  xclaim,
  xdel,
  xgroup,
  xinfo,
  xlen,
  xpending,
  xrange,
  xread,
  xreadgroup,
  xrevrange,
  xsetid,
  xtrim,
];

const hyperloglog: readonly Command[] = [pfadd, pfcount, pfdebug, pfmerge, pfselftest];

const geos: readonly Command[] = [
  geoadd,
  geodist,
  geohash,
  geopos,
  geo.georadius,
  geo.georadiusbymember,
  geo.georadiusbymemberRo,
  geo.georadiusRo,
  geo.geosearch,
  geo.geosearchstore,
];

const generic: readonly Command[] = [
  copy,
  del,
  dump,
  existsCommand,
  expire,
  expireat,
  expiretime,
  keys,
  migrate,
  move,
  object,
  persist,
  pexpire,
  pexpireat,
  pexpiretime,
  pttl,
  randomkey,
  rename,
  renamenx,
  restore,
  restoreAsking,
  scan,
  sort,
  sortRo,
  touch,
  ttl,
  type,
  unlink,
  wait,
  waitaof,
];

const messages: readonly Command[] = [
  subscriptions.psubscribe,
  publish,
  pubsub,
  subscriptions.punsubscribe,
  spublish,
  subscriptions.ssubscribe,
  subscriptions.subscribe,
  subscriptions.sunsubscribe,
  subscriptions.unsubscribe,
];

const transactions: readonly Command[] = [discard, exec, multi, unwatch, watch];

const server: readonly Command[] = [
  acl,
  bgrewriteaof,
  bgsave,
  commandlog,
  command,
  config,
  dbsize,
  debug,
  flushall,
  flushdb,
  info,
  lastsave,
  save,
  shutdown,
  asking,
  cluster,
  readonly,
  readwrite,
  failover,
  psync,
  replconf,
  replicaof,
  role,
  slaveof,
  sync,
  latency,
  lolwut,
  memory,
  moduleCommand,
  monitor,
  slowlog,
  swapdb,
  time,
];

const scripting: readonly Command[] = [
  evalCommand,
  evalRo,
  evalsha,
  evalshaRo,
  fcall,
  fcallRo,
  functionCommand,
  script,
];

const vectorSets: readonly Command[] = [vadd, vrem, vsetattr, vsim, ...Object.values(vectorReaders)];

/** The whole table; profiles choose from it. */
export const commands: readonly Command[] = [
  ...string,
  ...bitmap,
  ...list,
  ...sets,
  ...stream,
  ...hash,
  ...hyperloglog,
  ...sortedSets,
  ...geos,
  ...vectorSets,
  ...generic,
  ...messages,
  ...transactions,
  ...scripting,
  ...connection,
  ...server,
];
