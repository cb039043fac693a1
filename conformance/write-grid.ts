// Writes docs/grid.md: what applications see of each fault. `npm run grid`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gridPage } from "./grid/page.ts";

writeFileSync(join(import.meta.dirname, "../docs/grid.md"), await gridPage());
