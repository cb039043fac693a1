/** The cluster commands of a real redis-cli or valkey-cli: what they print, and how they end. */
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

export type ToolRun = { readonly code: number | null; readonly output: string };

/** Runs `program --cluster ...words`, and says yes to whatever it asks. */
export async function clusterTool(program: string, words: readonly (string | number)[]): Promise<ToolRun> {
  return run(program, ["--cluster", ...words.map(String)]);
}

/** Asks one node, and gives the answer as a pipe gets it. */
export async function askNode(program: string, port: number, words: readonly (string | number)[]): Promise<string> {
  const { output } = await run(program, ["-p", String(port), ...words.map(String)]);
  return output.trimEnd();
}

async function run(program: string, words: readonly string[]): Promise<ToolRun> {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {}); // it ended without asking
  child.stdin.end("yes\n".repeat(3));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output: stripVTControlCharacters(output) };
}
