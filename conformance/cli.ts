/** `npm run conformance`: the cases against the simulated server, real ones, or one that is running already. */
import { Command } from "commander";
import { isProfileName } from "./profiles.ts";
import { coverageLines } from "./runner/coverage.ts";
import { readCommandFacts } from "./runner/command-docs.ts";
import { tryMutants } from "./runner/mutants.ts";
import { casesDirectory, filterCases, loadCaseFiles } from "./runner/load-cases.ts";
import { rewriteFile } from "./runner/record.ts";
import { briefLines, reportLines } from "./runner/report.ts";
import { runSuite } from "./runner/suite.ts";
import { findServers } from "./servers/servers.ts";
import { externalMaker } from "./targets/external.ts";
import { realMakers, simulatedMakers } from "./targets/makers.ts";
import type { TargetMaker } from "./targets/target.ts";

type Options = {
  targets: string;
  profile?: string;
  filter: string;
  rewrite?: true;
  against?: string;
  coverage?: true;
  brief?: true;
  mutants?: true;
};

const program = new Command("conformance")
  .description("Holds Redouble, and real servers, to the recorded cases.")
  .option("--targets <kinds>", "simulated, real, or both with a comma", "simulated,real")
  .option("--profile <names>", "only these profiles, with commas between")
  .option("--filter <text>", "only cases whose `file:line == title` contains this", "")
  .option("--rewrite", "record the replies of the real servers into the case files")
  .option("--against <url>", "a server that runs already, redis://host:port; EVERYTHING in it is deleted")
  .option("--brief", "one line for each step that differs, with the settings in which it does")
  .option("--coverage", "tell which commands and options of the last target no case speaks of")
  .option("--mutants", "tell which options the last target could ignore without any case noticing");

const options = program.parse().opts<Options>();
process.exitCode = await main(options);

async function main({
  targets,
  profile,
  filter,
  rewrite,
  against,
  brief,
  coverage,
  mutants,
}: Options): Promise<number> {
  const wanted = (maker: TargetMaker) => profile === undefined || profile.split(",").includes(maker.profile);
  for (const name of profile?.split(",") ?? [])
    if (!isProfileName(name)) throw new Error(`no profile is called ${name}`);
  const makers: TargetMaker[] = [];
  if (against !== undefined) makers.push(await externalMaker(against));
  else if (rewrite !== true && targets.split(",").includes("simulated"))
    makers.push(...simulatedMakers().filter(wanted));
  if (against === undefined && (rewrite === true || targets.split(",").includes("real"))) {
    const servers = findServers({ lay: true });
    for (const sentence of servers.missing) console.log(sentence);
    makers.push(...realMakers(servers).filter(wanted));
  }
  if (makers.length === 0) return complain("No target to run against.");

  if (rewrite === true) {
    const files = loadCaseFiles();
    const { recording } = await runSuite({ cases: filterCases(files, filter), makers, mode: "record" });
    for (const file of files) if (rewriteFile(file, recording, casesDirectory)) console.log(`rewrote ${file.path}`);
  }
  const cases = filterCases(loadCaseFiles(), filter);
  if (cases.length === 0) return complain(`No case matches ${JSON.stringify(filter)}.`);
  const last = makers.at(-1);
  if (last && (coverage === true || mutants === true)) {
    const commands = await readCommandFacts(last);
    console.log(`${last.kind} ${last.profile}`);
    if (coverage === true) console.log(coverageLines(commands, cases).join("\n"));
    if (mutants !== true) return 0;
    const { noticed, survivors } = await tryMutants(last, commands, cases);
    console.log(`${noticed} ignored options noticed, ${survivors.length} not`);
    for (const { command, token } of survivors) console.log(`  ${command} ${token}`);
    return survivors.length > 0 ? 1 : 0;
  }
  const started = performance.now();
  const result = await runSuite({ cases, makers, mode: "verify" });
  const lines = brief === true ? [...briefLines(result.failures), ...reportLines(result, 0)] : reportLines(result);
  for (const line of lines) console.log(line);
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result.failures.length > 0 || result.mended.length > 0 ? 1 : 0;
}

function complain(sentence: string): number {
  console.error(sentence);
  return 1;
}
