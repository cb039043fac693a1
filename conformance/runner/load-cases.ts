/** Finds the case files and reads them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Case, CaseFile } from "../format/case.ts";
import { parseCaseFile } from "../format/parse.ts";

/** Where the case files lie. */
export const casesDirectory = fileURLToPath(new URL("../cases", import.meta.url));

/** All case files in the order of their paths. Throws at the first fault in any. */
export function loadCaseFiles(): CaseFile[] {
  const names = readdirSync(casesDirectory, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".resp"),
  );
  return names
    .map((name) => name.split(path.sep).join("/"))
    .toSorted()
    .map((name) => parseCaseFile(name, readFileSync(path.join(casesDirectory, name), "utf8")));
}

/** The cases whose `file:line == title` contains the text; all of them for an empty text. */
export function filterCases(files: readonly CaseFile[], text: string): Case[] {
  return files.flatMap(({ cases }) => cases).filter((subject) => nameOf(subject).includes(text));
}

/** What a case is called in reports and filters. */
export function nameOf(subject: Case): string {
  return `${subject.file.path}:${subject.line} == ${subject.title}`;
}
