// A stranger's project: an empty folder with the packed package in it, where nothing of this repository can help.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A temporary folder; `leave` removes it. Commands that fail throw with all that they said. */
export class Stranger {
  readonly folder: string;
  readonly tarball: string;

  /** The package and what its `dependencies` name: all that npm would install. */
  static withPackageOnly(): Stranger {
    return new Stranger(Object.keys(manifest().dependencies ?? {}));
  }

  /** The clients, runners and compiler of this repository too, linked, as a user would have them. */
  static withEverything(): Stranger {
    const { dependencies = {}, devDependencies = {} } = manifest();
    return new Stranger([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  }

  private constructor(packages: readonly string[]) {
    if (!existsSync(join(root, "dist/cjs/package.json")))
      throw new Error("There is no built package here: `npm run build` first.");
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "redouble-stranger-")));
    this.tarball = pack(this.folder);
    const home = join(this.folder, "node_modules/redouble");
    mkdirSync(home, { recursive: true });
    execFileSync("tar", ["-xzf", this.tarball, "-C", home, "--strip-components=1"]);
    for (const name of packages) {
      const link = join(this.folder, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", name), link, "junction");
    }
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ private: true }));
  }

  /** The paths inside the package. */
  files(): string[] {
    return readdirSync(join(this.folder, "node_modules/redouble"), { recursive: true, encoding: "utf8" });
  }

  /** Runs Node in the folder (or one below it) and gives what it printed. */
  node(options: readonly string[], below = "."): string {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(VITEST|JEST|NODE_OPTIONS|NODE_ENV|TEST$)/.test(name)),
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, options, {
      cwd: join(this.folder, below),
      env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`node ${options.join(" ")} failed in ${below}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** Type-checks a folder the way Node resolves modules; .cts and .cjs files see the CommonJS declarations. */
  compile(below: string): void {
    const compilerOptions = {
      target: "es2023",
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    };
    const config = join(this.folder, below, "tsconfig.json");
    if (!existsSync(config))
      writeFileSync(config, JSON.stringify({ compilerOptions, include: ["**/*.ts", "**/*.mts", "**/*.cts"] }));
    this.node([join(root, "node_modules/typescript/bin/tsc"), "-p", config], below);
  }

  vitest(below: string): void {
    this.node([join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", ".", ".test.ts"], below);
  }

  jest(below: string): void {
    const config = existsSync(join(this.folder, below, "jest.config.cjs"))
      ? []
      : ["--config", JSON.stringify({ testMatch: ["**/*.test.cjs"], transform: {} })];
    this.node([join(root, "node_modules/jest/bin/jest.js"), "--rootDir", ".", ...config], below);
  }

  leave(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Packs the built package; does not build it. */
function pack(into: string): string {
  const packed = execFileSync(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", into],
    {
      cwd: root,
      encoding: "utf8",
      shell: process.platform === "win32",
    },
  );
  const [tarball] = JSON.parse(packed) as [{ filename: string }];
  return join(into, tarball.filename);
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
}
