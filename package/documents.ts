// The code in README.md and docs/, as files: what we tell people to write is run. The convention stands in CONTRIBUTING.md.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A Markdown page and the files that its marked code blocks make up. */
export interface Document {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  /** File name -> text. Blocks that name the same file follow one another in it. */
  readonly files: ReadonlyMap<string, string>;
  /** Lines (from 1) of code blocks that neither name a file nor call themselves a fragment. */
  readonly unmarkedLines: readonly number[];
}

const CODE = new Set(["ts", "tsx", "mts", "cts", "js", "mjs", "cjs", "typescript", "javascript"]);

/** README.md and every page under docs/. */
export function readDocuments(root: string): Document[] {
  const guides = existsSync(join(root, "docs"))
    ? readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    : [];
  const pages = ["README.md", ...guides.map((page) => `docs/${page.replaceAll("\\", "/")}`).sort()];
  return pages
    .filter((page) => page.endsWith(".md") && existsSync(join(root, page)))
    .map((page) => parseDocument(page, readFileSync(join(root, page), "utf8")));
}

/** Reads the fences (```ts file=a.test.ts) and the hidden files (<!-- file=b.ts ... -->) of one page. */
export function parseDocument(path: string, markdown: string): Document {
  const files = new Map<string, string>();
  const unmarkedLines: number[] = [];
  const block =
    /^(?<fence>`{3,})(?<language>\w*)(?<info>[^\n]*)\n(?<code>[\s\S]*?)^\k<fence>[ \t]*$|^<!-- file=(?<name>\S+)\n(?<hidden>[\s\S]*?)^-->/gm;
  for (const { groups = {}, index } of markdown.matchAll(block)) {
    const { language = "", info = "", code = "", hidden } = groups;
    const name = groups["name"] ?? /(?:^|\s)file=(\S+)/.exec(info)?.[1];
    if (name !== undefined) files.set(name, (files.get(name) ?? "") + (hidden ?? code));
    else if (CODE.has(language) && !/(?:^|\s)fragment(?:\s|$)/.test(info)) unmarkedLines.push(lineAt(markdown, index));
  }
  return { path, files, unmarkedLines };
}

/** Writes a page's files into a folder of their own. */
export function writeDocument(document: Document, folder: string): void {
  for (const [name, text] of document.files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
