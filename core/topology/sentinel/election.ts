// Who may fail over: the Sentinel for which most of those who are known vote in an epoch (sentinel.c: sentinelVoteLeader, sentinelGetLeader).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Master } from "./instance.ts";
import type { Sentinel } from "./sentinel.ts";
import { MOST_DESYNCHRONIZATION_MS } from "./timing.ts";

/** This Sentinel's vote in an epoch: for whoever asked first. */
export function vote(
  sentinel: Sentinel,
  master: Master,
  { epoch, candidate }: { readonly epoch: number; readonly candidate: Bytes },
): { readonly leader: Bytes | undefined; readonly epoch: number } {
  if (epoch > sentinel.currentEpoch) sentinel.newEpoch(master, epoch);
  if (master.leaderEpoch < epoch && sentinel.currentEpoch <= epoch) {
    master.leader = candidate;
    master.leaderEpoch = sentinel.currentEpoch;
    sentinel.tell("+vote-for-leader", master, `${candidate} ${master.leaderEpoch}`);
    // Somebody else tries: this Sentinel waits its turn.
    if (candidate !== sentinel.id) {
      master.failoverStartedAt = sentinel.now + sentinel.server.random.int(0, MOST_DESYNCHRONIZATION_MS - 1);
    }
  }
  return { leader: master.leader, epoch: master.leaderEpoch };
}

/** The leader of an epoch: most votes, of a majority at least, and of the quorum; undefined where nobody has them. */
export function leaderOf(sentinel: Sentinel, master: Master, epoch: number): Bytes | undefined {
  const votes = new Map<Bytes, number>();
  const count = (candidate: Bytes): void => void votes.set(candidate, (votes.get(candidate) ?? 0) + 1);
  for (const { leader, leaderEpoch } of master.sentinels.values()) {
    if (leader !== undefined && leaderEpoch === sentinel.currentEpoch) count(leader);
  }
  const own = vote(sentinel, master, { epoch, candidate: most(votes)?.candidate ?? sentinel.id });
  if (own.leader !== undefined && own.epoch === epoch) count(own.leader);
  const winner = most(votes);
  const voters = master.sentinels.size + 1;
  const needed = Math.max(Math.floor(voters / 2) + 1, master.quorum);
  return winner !== undefined && winner.votes >= needed ? winner.candidate : undefined;
}

function most(votes: ReadonlyMap<Bytes, number>): { readonly candidate: Bytes; readonly votes: number } | undefined {
  let winner: { readonly candidate: Bytes; readonly votes: number } | undefined;
  for (const [candidate, count] of votes) {
    if (winner === undefined || count > winner.votes) winner = { candidate, votes: count };
  }
  return winner;
}
