// The package as npm would deliver it: what is in it, that every door opens both ways, and that its types are found.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, test } from "vitest";
import { Stranger } from "./stranger.ts";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown> & {
  exports: Record<string, unknown>;
  bin: Record<string, string>;
};
const doors = Object.keys(manifest.exports)
  .filter((door) => door !== "./package.json")
  .map((door) => `redouble${door.slice(1)}`);

/** Doors into a test runner open only where that runner is. */
const withoutRunner = doors.filter((door) => !/\/(vitest|jest)$/.test(door));

describe("the package alone", () => {
  let stranger: Stranger;
  beforeAll(() => {
    stranger = Stranger.withPackageOnly();
    return () => stranger.leave();
  });

  test("holds what is built, and no tests", () => {
    const files = stranger.files();
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "package.json", "dist"]));
    expect(files.filter((file) => /\.test\.|tsbuildinfo|(^|\/)node_modules/.test(file))).toEqual([]);
  });

  test.each(withoutRunner)("%s opens with import", (door) => {
    stranger.node(["--input-type=module", "-e", `await import("${door}")`]);
  });

  test.each(withoutRunner)("%s opens with require", (door) => {
    stranger.node(["--input-type=commonjs", "-e", `require("${door}")`]);
  });

  test("brings a command line", () => {
    stranger.node([join("node_modules/redouble", manifest.bin["redouble"] ?? ""), "--help"]);
  });

  test("passes publint", async () => {
    const { messages, pkg } = await publint({
      pkgDir: join(stranger.folder, "node_modules/redouble"),
      pack: false,
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test("has types that are right both ways (attw)", () => {
    stranger.node([
      join(root, "node_modules/@arethetypeswrong/cli/dist/index.js"),
      "--profile",
      "node16",
      stranger.tarball,
    ]);
  });
});

describe("the package beside clients and runners", () => {
  let stranger: Stranger;
  beforeAll(() => {
    stranger = Stranger.withEverything();
    return () => stranger.leave();
  });

  test.each([
    ["ES modules", "esm", "mts"],
    ["CommonJS", "cjs", "cts"],
  ])("has types that compile in %s", (_name, folder, extension) => {
    mkdirSync(join(stranger.folder, folder));
    const lines = doors.map((door, i) => `import * as door${i} from "${door}";\nexport { door${i} };\n`);
    writeFileSync(join(stranger.folder, folder, `doors.${extension}`), lines.join(""));
    stranger.compile(folder);
  });

  test("runs under Vitest as ES modules", () => {
    mkdirSync(join(stranger.folder, "vitest"));
    const lines = doors
      .filter((door) => door !== "redouble/jest")
      .map((door) => `test("${door}", async () => expect(await import("${door}")).toBeDefined());\n`);
    writeFileSync(
      join(stranger.folder, "vitest/doors.test.ts"),
      `import { expect, test } from "vitest";\n${lines.join("")}`,
    );
    stranger.vitest("vitest");
  });

  test("runs under Jest as CommonJS", () => {
    mkdirSync(join(stranger.folder, "jest"));
    const lines = doors
      .filter((door) => door !== "redouble/vitest")
      .map((door) => `test("${door}", () => expect(require("${door}")).toBeDefined());\n`);
    writeFileSync(join(stranger.folder, "jest/doors.test.cjs"), lines.join(""));
    stranger.jest("jest");
  });
});
