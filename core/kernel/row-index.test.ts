// The index alone, with hashes that collide and run over the end of the table.
import fc from "fast-check";
import { expect, test } from "vitest";
import { RowIndex } from "./row-index.ts";

/** Few hashes for many keys, some of them just below the end of any small table. */
const hash = fc.constantFrom(0, 1, 6, 7, 15, 31, 63, 127, -1);
const step = fc.tuple(fc.constantFrom("add", "add", "remove"), fc.nat(80));

test("finds each row, whatever has the same hash, came or went", () => {
  fc.assert(
    fc.property(
      fc.array(hash, { minLength: 81, maxLength: 81 }),
      fc.array(step, { maxLength: 300 }),
      (hashes, steps) => {
        const index = new RowIndex();
        const rows: string[] = [];
        const find = (n: number): number => index.find(hashes[n]!, `k${n}`, rows);
        for (const [what, n] of steps) {
          const at = rows.indexOf(`k${n}`);
          expect(find(n)).toBe(at);
          if (what === "add" && at < 0) index.add(hashes[n]!, rows.push(`k${n}`) - 1);
          if (what === "add" || at < 0) continue;
          index.remove(hashes[n]!, at);
          const last = rows.pop()!;
          if (at === rows.length) continue;
          rows[at] = last;
          index.move(hashes[Number(last.slice(1))]!, rows.length, at);
        }
        for (let n = 0; n < hashes.length; n++) expect(find(n)).toBe(rows.indexOf(`k${n}`));
      },
    ),
  );
});
