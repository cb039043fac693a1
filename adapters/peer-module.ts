// Loads a client library that the application has, never a mock of it: our modules stand in its place under vi.mock and jest.mock.
import { createRequire } from "node:module";
import { join } from "node:path";

/** What the CommonJS wrapper of a module under Jest offers. */
declare const jest: { requireActual(name: string): unknown } | undefined;
/** In the CommonJS copy, and where a bundler provides it. */
declare const require: (((name: string) => unknown) & { resolve(name: string): string }) | undefined;

/**
 * The real module of that name; undefined when it is not installed.
 *
 * Under Jest it comes from the test file's own registry, so that it shares the file's globals and fake timers. Elsewhere it
 * is looked for beside this package first, then from the working directory.
 */
export function peerModule<M>(name: string): M | undefined {
  if (typeof jest !== "undefined") return attempt<M>(name, (module) => jest.requireActual(module));
  if (typeof require === "function") return attempt<M>(name, require) ?? fromWorkingDirectory<M>(name);
  return attempt<M>(name, createRequire(ownFile())) ?? fromWorkingDirectory<M>(name);
}

/** Where a file of a package lies that ours depends on. */
export function dependencyFile(path: string): string {
  return (typeof require === "function" ? require : createRequire(ownFile())).resolve(path);
}

/** Stands for a module that is not installed: our doors still open, and whoever uses them learns what is missing. */
export function missingPeer<M extends object>(name: string): M {
  const fail = (): never => {
    throw new Error(`${name} is not installed. Redouble stands in for it and needs it: npm install --save-dev ${name}`);
  };
  class Missing {
    constructor() {
      fail();
    }
  }
  const call = new Proxy(Missing, { apply: fail });
  return new Proxy({}, { get: () => call }) as M;
}

function fromWorkingDirectory<M>(name: string): M | undefined {
  return attempt<M>(name, createRequire(join(process.cwd(), "index.js")));
}

function attempt<M>(name: string, load: (name: string) => unknown): M | undefined {
  try {
    return load(name) as M;
  } catch (error) {
    if (isMissing(error, name)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code === "MODULE_NOT_FOUND" && message?.includes(`'${name}'`) === true;
}

/** Where this file is: neither `import.meta` nor `__filename` exists in both copies, but a stack trace does. */
function ownFile(): string {
  const match = /((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^\n()]*?peer-module\.[jt]s)/.exec(
    new Error("where am I").stack ?? "",
  );
  return match?.[1] ?? join(process.cwd(), "index.js");
}
