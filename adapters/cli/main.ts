#!/usr/bin/env node
// The command line: `redouble serve`, `redouble scenarios`.
import { Command } from "commander";
import { packageVersion } from "./package-version.ts";
import { scenariosCommand } from "./scenarios.ts";
import { serveCommand } from "./serve.ts";

const program = new Command("redouble")
  .description("A complete simulated Redis.")
  .version(packageVersion)
  .enablePositionalOptions()
  .addCommand(serveCommand())
  .addCommand(scenariosCommand());

// Whoever reads our output may have seen enough: `redouble scenarios list | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`redouble: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
