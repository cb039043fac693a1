// Watching: connections, periodic commands, and who seems down, to this Sentinel and to enough of them
// (sentinel.c: sentinelReconnectInstance, sentinelSendPeriodicCommands, sentinelCheckSubjectivelyDown and on).
import type { Bytes } from "../../kernel/bytes.ts";
import type { DecodedReply } from "../../resp/reply-decoder.ts";
import { HELLO_CHANNEL, receiveHello, sayHello } from "./hello.ts";
import { refreshFromInfo } from "./info.ts";
import { Master, type Instance } from "./instance.ts";
import type { Sentinel } from "./sentinel.ts";

/** More commands than this may not wait for their replies. */
const MOST_PENDING = 100;

export function reconnect(sentinel: Sentinel, instance: Instance): void {
  const { link, address, kind } = instance;
  if (!link.disconnected || address.port === 0) return;
  if (sentinel.now - link.triedAt < sentinel.timing["ping-period"]) return;
  link.triedAt = sentinel.now;
  const name = `sentinel-${sentinel.id.slice(0, 8)}`;
  if (!link.hasCommands) {
    link.openCommands(address);
    for (const words of authentication(sentinel, instance)) link.send(words);
    link.send(["CLIENT", "SETNAME", `${name}-cmd`]);
    ping(sentinel, instance);
  }
  if (kind !== "sentinel" && !link.hasHellos) {
    link.openHellos(address, (message) => hear(sentinel, instance, message));
    for (const words of authentication(sentinel, instance)) link.sendAmongHellos(words);
    link.sendAmongHellos(["CLIENT", "SETNAME", `${name}-pubsub`]);
    link.sendAmongHellos(["SUBSCRIBE", HELLO_CHANNEL], () => (link.heardAt = sentinel.now));
  }
  link.disconnected = !(link.hasCommands && (kind === "sentinel" || link.hasHellos));
}

function authentication(sentinel: Sentinel, instance: Instance): Bytes[][] {
  const of = instance instanceof Master ? instance : instance.master!;
  const [user, password] =
    instance.kind === "sentinel" ? [sentinel.authUser, sentinel.authPassword] : [of.authUser, of.authPassword];
  if (password === "") return [];
  return [["AUTH", ...(user === "" ? [] : [user]), password]];
}

function hear(sentinel: Sentinel, { link }: Instance, message: DecodedReply): void {
  link.heardAt = sentinel.now;
  if (message.type !== "array" && message.type !== "push") return;
  const words = message.items.map((item) => (item.type === "bulk" ? item.value : ""));
  if (words[0] === "message" && words[1] === HELLO_CHANNEL) receiveHello(sentinel, words[2]!);
}

export function sendPeriodicCommands(sentinel: Sentinel, instance: Instance): void {
  const { link, kind, master } = instance;
  const { now, timing } = sentinel;
  if (link.disconnected || link.pending >= MOST_PENDING) return;
  const urgent =
    kind === "slave" && (master!.isObjectivelyDown || master!.failoverInProgress || instance.masterLinkDownMs !== 0);
  const infoPeriodMs = urgent ? 1000 : timing["info-period"];
  const pingPeriodMs = Math.min(instance.downAfterMs, timing["ping-period"]);
  if (kind !== "sentinel" && (instance.infoAt === 0 || now - instance.infoAt > infoPeriodMs)) {
    link.send(["INFO"], (reply) => {
      if (reply.type === "bulk" || reply.type === "verbatim") refreshFromInfo(sentinel, instance, reply.value);
    });
  }
  if (now - link.pongAt > pingPeriodMs && now - link.pingSentAt > pingPeriodMs / 2) ping(sentinel, instance);
  if (now - link.publishedAt > timing["publish-period"]) sayHello(sentinel, instance);
}

function ping(sentinel: Sentinel, instance: Instance): void {
  const { link } = instance;
  link.pingSentAt = sentinel.now;
  if (link.pingOwedSince === 0) link.pingOwedSince = sentinel.now;
  link.send(["PING"], (reply) => {
    const text = reply.type === "simple" || reply.type === "error" ? reply.value : "";
    if (/^(PONG|LOADING|MASTERDOWN)/.test(text)) {
      link.availableAt = sentinel.now;
      link.pingOwedSince = 0;
      if (instance instanceof Master && text.startsWith("PONG")) instance.rebootedAt = undefined;
    }
    link.pongAt = sentinel.now;
  });
}

export function checkSubjectivelyDown(sentinel: Sentinel, instance: Instance): void {
  const { link, downAfterMs } = instance;
  const { now, timing } = sentinel;
  const silentMs = link.pingOwedSince !== 0 ? now - link.pingOwedSince : link.disconnected ? now - link.availableAt : 0;
  closeDeafConnections(sentinel, instance);
  const disowns =
    instance.kind === "master" &&
    instance.roleReported === "slave" &&
    now - instance.roleReportedAt > downAfterMs + 2 * timing["info-period"];
  const rebooted =
    instance instanceof Master &&
    instance.rebootedAt !== undefined &&
    now - instance.rebootedAt > instance.rebootDownAfterMs;
  const isDown = silentMs > downAfterMs || disowns || rebooted;
  if (isDown && !instance.isSubjectivelyDown) {
    instance.subjectivelyDownSince = now;
    instance.lastDownAt = now;
    sentinel.event("+sdown", instance);
  } else if (!isDown && instance.isSubjectivelyDown) {
    instance.subjectivelyDownSince = undefined;
    sentinel.event("-sdown", instance);
  }
}

/** A connection that has long been silent may be dead at the other end without anybody knowing. */
function closeDeafConnections(sentinel: Sentinel, { link, downAfterMs }: Instance): void {
  const { now, timing } = sentinel;
  const leastAgeMs = timing["min-link-reconnect-period"];
  const owesPing = link.pingOwedSince !== 0 && now - link.pingOwedSince > downAfterMs / 2;
  if (link.hasCommands && now - link.connectedAt > leastAgeMs && owesPing && now - link.pongAt > downAfterMs / 2) {
    link.closeCommands();
  }
  const deaf = now - link.heardAt > 3 * timing["publish-period"];
  if (link.hasHellos && now - link.hellosConnectedAt > leastAgeMs && deaf) link.closeHellos();
}

/** Enough Sentinels find a master down. */
export function checkObjectivelyDown(sentinel: Sentinel, master: Master): void {
  const others = [...master.sentinels.values()].filter(({ saysMasterDown }) => saysMasterDown).length;
  const isDown = master.isSubjectivelyDown && 1 + others >= master.quorum;
  if (isDown && !master.isObjectivelyDown) {
    sentinel.event("+odown", master, `#quorum ${1 + others}/${master.quorum}`);
    master.objectivelyDownSince = sentinel.now;
  } else if (!isDown && master.isObjectivelyDown) {
    sentinel.event("-odown", master);
    master.objectivelyDownSince = undefined;
  }
}

/** Asks other Sentinels whether they find a master down too, and for their vote where a failover is on its way. */
export function askOthers(sentinel: Sentinel, master: Master, { forced }: { readonly forced: boolean }): void {
  const { now, timing } = sentinel;
  for (const other of master.sentinels.values()) {
    if (now - other.lastMasterDownReplyAt > 5 * timing["ask-period"]) {
      other.saysMasterDown = false;
      other.leader = undefined;
    }
    if (!master.isSubjectivelyDown || other.link.disconnected) continue;
    if (!forced && now - other.lastMasterDownReplyAt < timing["ask-period"]) continue;
    const { host, port } = master.address;
    const candidate = master.failoverInProgress ? sentinel.id : "*";
    const words = [String(port), String(sentinel.currentEpoch), candidate];
    other.link.send(["SENTINEL", "is-master-down-by-addr", host, ...words], (reply) =>
      takeAnswer(sentinel, other, reply),
    );
  }
}

function takeAnswer(sentinel: Sentinel, other: Instance, reply: DecodedReply): void {
  if (reply.type !== "array") return;
  const [down, leader, epoch] = reply.items;
  if (down?.type !== "integer" || leader?.type !== "bulk" || epoch?.type !== "integer") return;
  other.lastMasterDownReplyAt = sentinel.now;
  other.saysMasterDown = Number(down.value) === 1;
  if (leader.value === "*") return;
  other.leader = leader.value;
  other.leaderEpoch = Number(epoch.value);
}
