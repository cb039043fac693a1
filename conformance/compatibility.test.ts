/** The page of compatibility is what the table and the divergences say today. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { compatibilityPage } from "./compatibility.ts";

test("docs/compatibility.md is up to date; `npm run compatibility` writes it", () => {
  const file = path.resolve(import.meta.dirname, "../docs/compatibility.md");
  expect(readFileSync(file, "utf8")).toBe(compatibilityPage());
});
