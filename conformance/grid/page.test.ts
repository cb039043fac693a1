/** The grid is what applications see of each fault today. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { gridPage } from "./page.ts";

test("docs/grid.md is up to date, without a blank; `npm run grid` writes it", { timeout: 300_000 }, async () => {
  const page = await gridPage();
  expect(readFileSync(path.resolve(import.meta.dirname, "../../docs/grid.md"), "utf8")).toBe(page);
  expect(page).not.toMatch(/\|[ \t]*\|/);
});
