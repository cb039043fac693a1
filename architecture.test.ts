// The plan of the house, checked: who may import whom, and how a file is named and begins. DESIGN of the rooms: CONTRIBUTING.md.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { describe, expect, test } from "vitest";

/** What each room may import, besides itself and packages. Nobody imports conformance, examples or package. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  faults: ["core"],
  adapters: ["core", "faults", "scenarios"],
  scenarios: ["core", "faults"],
  conformance: ["core", "faults", "adapters", "scenarios"],
  examples: [],
  package: [],
};

/** The floors of the core, lowest first: a file may import lower floors, never its own floor's other folders. */
const FLOORS: readonly (readonly string[])[] = [
  ["kernel"],
  ["resp", "types"],
  ["keyspace"],
  ["commands"],
  ["modules"],
  ["scripting", "persistence"],
  ["server"],
  ["topology"],
];

/** Rooms that know no host: no packages and no `node:` there either. */
const PURE = ["core", "faults", "scenarios"];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const root = import.meta.dirname;
const files = Object.keys(ROOMS).flatMap((room) => sourceFiles(room));
const shipped = files.filter((file) => !file.endsWith(".test.ts"));

describe("imports", () => {
  const imports = shipped.flatMap(importsOf);

  test("point one way between rooms", () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!to.startsWith(".")) return PURE.includes(roomOf(from));
      const [here, there] = [roomOf(from), roomOf(target(from, to))];
      return here !== there && !ROOMS[here]?.includes(there);
    });
    expect(wrong.map(print)).toEqual([]);
  });

  test("point downwards inside the core; commands may name the types of what stands above them", () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      if (roomOf(from) !== "core" || !to.startsWith(".")) return false;
      const [here, there] = [folderOf(from), folderOf(target(from, to))];
      if (here === there || here === "" || (here === "commands" && typeOnly)) return false;
      return there === "" || floorOf(there) >= floorOf(here);
    });
    expect(wrong.map(print)).toEqual([]);
  });

  test("spell out the extension", () => {
    const wrong = imports.filter(({ to }) => to.startsWith(".") && !/\.(ts|cjs|json)$/.test(to));
    expect(wrong.map(print)).toEqual([]);
  });
});

describe("files", () => {
  test("say in their first line why they exist", () => {
    const silent = shipped.filter((file) => !/^(#!.*\n)?(\/\/ \S|\/\*\*)/.test(read(file)));
    expect(silent).toEqual([]);
  });

  test("are named after what they hold", () => {
    const vague = files.filter((file) => /(^|\/)(utils?|helpers?|common(?!-js)|misc|managers?)(\.|\/|-|$)/.test(file));
    expect(vague).toEqual([]);
  });

  test("of the core stand on a floor of the plan", () => {
    const homeless = files.filter(
      (file) => roomOf(file) === "core" && folderOf(file) !== "" && floorOf(folderOf(file)) < 0,
    );
    expect(homeless).toEqual([]);
  });
});

function sourceFiles(room: string): string[] {
  try {
    return readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
      .map((file) => `${room}/${file.split(sep).join("/")}`);
  } catch {
    return []; // a room that is not built yet
  }
}

/** Static imports, re-exports and dynamic imports with a literal specifier. */
function importsOf(file: string): Import[] {
  const text = read(file);
  const still = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm);
  const moving = text.matchAll(/^(?!\s*(?:\/\/|\*)).*?\bimport\(\s*"([^"]+)"/gm);
  return [
    ...[...still].map(([, type, to = ""]) => ({ from: file, to, typeOnly: type !== undefined })),
    ...[...moving].map(([, to = ""]) => ({ from: file, to, typeOnly: false })),
  ];
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function target(from: string, to: string): string {
  return relative(root, join(root, dirname(from), to))
    .split(sep)
    .join("/");
}

function roomOf(file: string): string {
  return file.split("/")[0] ?? "";
}

/** The folder of the core that a file is in; empty for its door. */
function folderOf(file: string): string {
  const [, folder = "", ...rest] = file.split("/");
  return rest.length > 0 ? folder : "";
}

function floorOf(folder: string): number {
  return FLOORS.findIndex((floor) => floor.includes(folder));
}

function print({ from, to, typeOnly }: Import): string {
  return `${from} imports ${typeOnly ? "the types of " : ""}${to}`;
}
