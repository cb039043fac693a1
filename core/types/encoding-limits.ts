// The limits at which small representations give way to large ones, as the configuration sets them.

/** Read by every write that may convert a value; conversions never look back, except those of lists. */
export interface EncodingLimits {
  /** `hash-max-listpack-entries` */
  readonly hashEntries: number;
  /** `hash-max-listpack-value`, bytes */
  readonly hashValueBytes: number;
  /** A command's fields are counted before they are added to a hash (7.2). */
  readonly countsComingFields: boolean;
  /** `set-max-intset-entries` */
  readonly intsetEntries: number;
  /** `set-max-listpack-entries`; undefined where sets have no listpack (before 7.2) */
  readonly setEntries: number | undefined;
  /** `set-max-listpack-value`, bytes */
  readonly setValueBytes: number;
  /** `zset-max-listpack-entries` */
  readonly sortedSetEntries: number;
  /** `zset-max-listpack-value`, bytes */
  readonly sortedSetValueBytes: number;
  /**
   * Whether a sorted set grows for what a ZADD brings before it is added: for nothing but the first member (7.0),
   * for their number (7.2), or for their number and the longest (Valkey 8.1).
   */
  readonly foresight: "first" | "count" | "count-and-length";
  /** `list-max-listpack-size`: entries of a node, or -1 to -5 for 4 to 64 KB */
  readonly listNodeSize: number;
  /** `list-compress-depth`: nodes at both ends that stay uncompressed; 0 compresses none */
  readonly listCompressDepth: number;
  /** Lists that fit one node are listpacks (7.2); before, every list is a quicklist. */
  readonly smallLists: boolean;
  /** From this size on an element has a node of its own; 0: from the node's size on (7.2). DEBUG QUICKLIST-PACKED-THRESHOLD */
  readonly packedThresholdBytes: number;
  /** `stream-node-max-bytes`; 0: no limit */
  readonly streamNodeBytes: number;
  /** `stream-node-max-entries`; 0: no limit */
  readonly streamNodeEntries: number;
  /** `hll-sparse-max-bytes` */
  readonly hllSparseBytes: number;
}
