// How large a value may be and still lie in a compact form.
import { count, INT_MAX, integer, memory } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

/** Where encodings change. */
export const encodingParameters: readonly Parameter[] = [
  integer({ name: "hash-max-listpack-entries", alias: "hash-max-ziplist-entries" }, count(512n)),
  memory({ name: "hash-max-listpack-value", alias: "hash-max-ziplist-value" }, count(64n)),
  memory({ name: "hll-sparse-max-bytes" }, count(3000n)),
  integer({ name: "list-compress-depth" }, { initial: 0n, min: 0n, max: INT_MAX }),
  integer(
    { name: "list-max-listpack-size", alias: "list-max-ziplist-size" },
    { initial: -2n, min: -INT_MAX - 1n, max: INT_MAX },
  ),
  integer({ name: "set-max-intset-entries" }, count(512n)),
  integer({ name: "set-max-listpack-entries", since: "7.2.0" }, count(128n)),
  integer({ name: "set-max-listpack-value", since: "7.2.0" }, count(64n)),
  memory({ name: "stream-node-max-bytes" }, count(4096n)),
  integer({ name: "stream-node-max-entries" }, count(100n)),
  integer({ name: "zset-max-listpack-entries", alias: "zset-max-ziplist-entries" }, count(128n)),
  memory({ name: "zset-max-listpack-value", alias: "zset-max-ziplist-value" }, count(64n)),
];
