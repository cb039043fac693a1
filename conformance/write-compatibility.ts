/** `npm run compatibility`: writes the page anew. */
import path from "node:path";
import { writeCompatibilityPage } from "./compatibility.ts";

writeCompatibilityPage(path.resolve(import.meta.dirname, "../docs/compatibility.md"));
