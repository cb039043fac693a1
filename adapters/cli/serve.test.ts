import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { packageVersion } from "./package-version.ts";

const main = join(import.meta.dirname, "main.ts");
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

function redouble(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  return child;
}

async function serve(...args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = redouble("serve", "--port", "0", ...args);
  const failed = ended(child).then(({ errors }) => {
    throw new Error(`redouble serve ended at once: ${errors}`);
  });
  const [line] = (await Promise.race([once(child.stdout!, "data"), failed])) as [Buffer];
  failed.catch(() => {});
  return { child, url: line.toString().trim() };
}

async function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = "";
  child.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, errors };
}

describe("redouble serve", { timeout: 30_000 }, () => {
  test("prints its URL, serves the release that was asked for, and stops on a signal", async () => {
    const { child, url } = await serve(
      "--version",
      "7.2",
      "--requirepass",
      "secret",
      "--config",
      "proto-max-bulk-len=1mb",
      "--user",
      "reader on >read ~* +get +info",
      "other off",
    );
    expect(url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
    const redis = new Redis(url, { password: "secret" });
    expect(await redis.info("server")).toContain("redis_version:7.2.");
    expect(await redis.config("GET", "proto-max-bulk-len")).toEqual(["proto-max-bulk-len", "1048576"]);
    await expect(redis.call("REDOUBLE", "NOW")).rejects.toThrow("unknown command");
    const reader = new Redis(url, { username: "reader", password: "read" });
    await expect(reader.set("k", "v")).rejects.toThrow("NOPERM");
    expect(await reader.get("k")).toBeNull();
    expect(await redis.acl("USERS")).toEqual(["default", "other", "reader"]);
    for (const client of [reader, redis]) client.disconnect();
    child.kill("SIGTERM");
    expect(await ended(child)).toEqual({ code: 0, errors: "" });
  });

  test("SHUTDOWN ends the process of a lone server", async () => {
    const { child, url } = await serve();
    const redis = new Redis(url, { retryStrategy: () => null });
    await redis.set("key", "value");
    await expect(redis.shutdown("SAVE")).rejects.toThrow("Connection is closed");
    expect(await ended(child)).toEqual({ code: 0, errors: "" });
  });

  test("lets in who comes from elsewhere where it was told to listen there", async () => {
    const { url } = await serve("--bind", "0.0.0.0");
    const redis = new Redis(Number(new URL(url).port), "127.0.0.1");
    expect(await redis.config("GET", "protected-mode")).toEqual(["protected-mode", "no"]);
    redis.disconnect();
  });

  test("turns its clock for clients when it may", async () => {
    const { child, url } = await serve("--control");
    const redis = new Redis(url);
    await redis.set("key", "value", "EX", 60);
    await redis.call("REDOUBLE", "ADVANCE", "2m");
    expect(await redis.get("key")).toBeNull();
    redis.disconnect();
    child.kill("SIGINT");
    expect((await ended(child)).code).toBe(0);
  });

  test("names the servers of a deployment behind their URLs", async () => {
    const child = redouble("serve", "--port", "11450", "--sentinel", "1");
    let printed = "";
    for await (const chunk of child.stdout!) {
      printed += String(chunk);
      if (printed.includes("sentinel-1\n")) break;
    }
    expect(printed.trimEnd().split("\n")).toEqual([
      "redis://127.0.0.1:11450  primary",
      "redis://127.0.0.1:11451  replica-1",
      "redis://127.0.0.1:31450  sentinel-1",
    ]);
  });

  test("speaks TLS by certificates that it makes, and takes away when it ends", async () => {
    const { child, url: printed } = await serve("--tls");
    const [url = "", note] = printed.split("\n");
    const [, folder = ""] = /^certificates: (\S+) \(ca.crt, client.crt, client.key\)$/.exec(note ?? "") ?? [];
    const redis = new Redis(url, { tls: { ca: readFileSync(join(folder, "ca.crt")) } });
    expect(await redis.config("GET", "tls-c*-file")).toEqual(
      expect.arrayContaining(["tls-cert-file", join(folder, "redis.crt"), "tls-ca-cert-file", join(folder, "ca.crt")]),
    );
    expect(await redis.config("GET", "port")).toEqual(["port", "0"]);
    redis.disconnect();
    child.kill("SIGTERM");
    expect((await ended(child)).code).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  test("listens at a unix socket too, for whom it was told", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redouble-"));
    const path = join(folder, "redis.sock");
    const { child } = await serve("--unixsocket", path, "--unixsocketperm", "700");
    await expect.poll(() => existsSync(path)).toBe(true);
    await expect.poll(() => statSync(path).mode & 0o777).toBe(0o700);
    const redis = new Redis({ path });
    expect(await redis.client("INFO")).toContain(` addr=${path}:0 laddr=${path}:0 `);
    expect(await redis.config("GET", "unixsocket*")).toEqual(
      expect.arrayContaining(["unixsocket", path, "unixsocketperm", "700"]),
    );
    redis.disconnect();
    child.kill("SIGTERM");
    expect((await ended(child)).code).toBe(0);
    expect(existsSync(path)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test("says in one line that the port is taken", async () => {
    const { url } = await serve();
    const port = new URL(url).port;
    expect(await ended(redouble("serve", "--port", port))).toEqual({
      code: 1,
      errors: `redouble: Cannot listen on 127.0.0.1:${port}: the address is taken by another process (EADDRINUSE).\n`,
    });
  });

  test.each([
    [["--port", "many"], /A port is a number/],
    [["--version", "6.0"], /There is no profile for "6\.0"\. There are redis-7\.0/],
    [["--config", "nonsense=1"], /'nonsense' is no parameter/],
  ])("refuses %j in one line", async (args, message) => {
    const { code, errors } = await ended(redouble("serve", ...args));
    expect(code).toBe(1);
    expect(errors).toMatch(message);
    expect(errors.trim().split("\n")).toHaveLength(1);
  });
});

test("the version on the command line is the package's", () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  expect(packageVersion).toBe(manifest.version);
});

test("the command line loads no client before a story wants one", () => {
  const script = `
    import { createRequire } from "node:module";
    process.argv = [...process.argv.slice(0, 1), "redouble", "--version"];
    process.on("exit", () => {
      const loaded = Object.keys(createRequire(${JSON.stringify(main)}).cache);
      console.log(loaded.some((file) => file.includes("commander")), loaded.some((file) => file.includes("ioredis")));
    });
    await import(${JSON.stringify(pathToFileURL(main).href)});
  `;
  const output = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
  expect(output.toString()).toBe(`${packageVersion}\ntrue false\n`);
});
