// Writes a page for each failure story: what happens, both ways step by step, and why. `npm run scenario-pages`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scenarioPages } from "../adapters/scenarios/pages.ts";

const folder = join(import.meta.dirname, "../docs/scenarios");
for (const { name, page } of await scenarioPages()) writeFileSync(join(folder, `${name}.md`), page);
