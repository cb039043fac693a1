// What README.md and the guides tell people to write, done in a stranger's folder with the packed package.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseDocument, readDocuments, writeDocument } from "./documents.ts";
import { Stranger } from "./stranger.ts";

describe("a page", () => {
  test("becomes files: fences with a name, hidden comments, and blocks that go on in the same file", () => {
    const page = [
      "```ts file=a.test.ts",
      "one",
      "```",
      "<!-- file=b.ts",
      "two",
      "-->",
      "```ts file=a.test.ts",
      "three",
      "```",
    ];
    expect([...parseDocument("page.md", page.join("\n")).files]).toEqual([
      ["a.test.ts", "one\nthree\n"],
      ["b.ts", "two\n"],
    ]);
  });

  test("may hold fragments and shell lines, but no code that is neither run nor called a fragment", () => {
    const page = ["```ts fragment", "...", "```", "```sh", "ls", "```", "", "```js", "x", "```"];
    expect(parseDocument("page.md", page.join("\n")).unmarkedLines).toEqual([8]);
  });
});

describe("documents", () => {
  let stranger: Stranger;
  beforeAll(() => {
    stranger = Stranger.withEverything();
    return () => stranger.leave();
  });

  for (const document of readDocuments(join(import.meta.dirname, ".."))) {
    const names = [...document.files.keys()];
    const folder = document.path.replace(/[^\w]+/g, "-");

    test(`${document.path} marks every code block`, () => {
      expect(document.unmarkedLines.map((line) => `${document.path}:${line}`)).toEqual([]);
    });
    if (names.length === 0) continue;

    describe(document.path, () => {
      beforeAll(() => {
        mkdirSync(join(stranger.folder, folder), { recursive: true });
        writeFileSync(join(stranger.folder, folder, "package.json"), JSON.stringify({ type: "module" }));
        writeDocument(document, join(stranger.folder, folder));
      });
      if (names.some((name) => /\.m?ts$/.test(name))) test("compiles", () => stranger.compile(folder));
      if (names.some((name) => name.endsWith(".test.ts"))) test("passes under Vitest", () => stranger.vitest(folder));
      if (names.some((name) => name.endsWith(".test.cjs"))) test("passes under Jest", () => stranger.jest(folder));
    });
  }
});
