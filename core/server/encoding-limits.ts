// The configuration as the data types want it: where their small representations end.
import type { Profile } from "../commands/profile.ts";
import type { EncodingLimits } from "../types/encoding-limits.ts";
import type { Config } from "./config.ts";

/** Redis 7.0 packs whatever is smaller than this into a node with others. */
const PACKED_THRESHOLD_70_BYTES = 1 << 30;
/** Intsets never grow beyond it, whatever is configured. */
const INTSET_MOST_ENTRIES = 1 << 30;

/** The limits of the moment. `packedThresholdBytes` is what DEBUG QUICKLIST-PACKED-THRESHOLD set. */
export function encodingLimits(
  config: Config,
  { can }: Profile,
  packedThresholdBytes: number | undefined,
): EncodingLimits {
  return {
    hashEntries: config.number("hash-max-listpack-entries"),
    hashValueBytes: config.number("hash-max-listpack-value"),
    countsComingFields: can.smallListsAndSets,
    intsetEntries: Math.min(config.number("set-max-intset-entries"), INTSET_MOST_ENTRIES),
    setEntries: can.smallListsAndSets ? config.number("set-max-listpack-entries") : undefined,
    setValueBytes: can.smallListsAndSets ? config.number("set-max-listpack-value") : 0,
    sortedSetEntries: config.number("zset-max-listpack-entries"),
    sortedSetValueBytes: config.number("zset-max-listpack-value"),
    foresight: can.sortedSetForesight,
    listNodeSize: config.number("list-max-listpack-size"),
    listCompressDepth: config.number("list-compress-depth"),
    smallLists: can.smallListsAndSets,
    packedThresholdBytes: packedThresholdBytes ?? (can.smallListsAndSets ? 0 : PACKED_THRESHOLD_70_BYTES),
    streamNodeBytes: config.number("stream-node-max-bytes"),
    streamNodeEntries: config.number("stream-node-max-entries"),
    hllSparseBytes: config.number("hll-sparse-max-bytes"),
  };
}
