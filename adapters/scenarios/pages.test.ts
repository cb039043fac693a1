// The pages of the failure stories say what the stories do today.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scenarioPages } from "./pages.ts";

test("every page is what `npm run scenario-pages` writes", { timeout: 60_000 }, async () => {
  for (const { name, page } of await scenarioPages()) {
    const path = join(import.meta.dirname, "../../docs/scenarios", `${name}.md`);
    expect(readFileSync(path, "utf8"), `docs/scenarios/${name}.md is out of date`).toBe(page);
  }
});
