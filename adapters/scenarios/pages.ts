// The page of a failure story: what goes wrong and when, what happens in its two ways, step by step, and why.
import { scenarios, type AnyScenario } from "../../scenarios/index.ts";
import { runScenario, type ScenarioRun } from "./run.ts";

const MOST_LINES = 12;

/** Every page, by the story's name; `README` lists them. */
export async function scenarioPages(): Promise<readonly { readonly name: string; readonly page: string }[]> {
  const pages = [{ name: "README", page: index() }];
  for (const scenario of scenarios) pages.push({ name: scenario.name, page: await scenarioPage(scenario) });
  return pages;
}

function index(): string {
  const rows = scenarios.map(({ name, title }) => `- [${name}](${name}.md): ${title}`);
  return `# Failure stories

Each has a deployment, a timeline of faults, an application on a real client, and an oracle that tells a way that fails from one that
holds. \`npx redouble scenarios run NAME --seeds 200\` plays one; \`--implementation FILE\` puts your own code in its place.

${rows.join("\n")}

## Your own way

A module's default export is what the story's page says that it takes. \`client\` is an ioredis client; \`stage\` is where the story
plays: \`connect()\` for one more client, \`now()\` and \`sleep(ms)\` in the story's time, \`point(name)\` where a fault may stop the
application, \`origin\`, \`random()\`, \`note(text)\` for a line of the story.

\`\`\`ts file=read.ts
import type { ScenarioClient } from "redouble/scenarios";

interface Servers {
  readonly primary: ScenarioClient;
  readonly replica: ScenarioClient;
}

export default async function read({ primary, replica }: Servers, key: string): Promise<unknown> {
  return (await replica.call("GET", key)) ?? primary.call("GET", key);
}
\`\`\`

\`npx redouble scenarios run replica-lag --implementation read.ts\` plays it where Node reads TypeScript (22.18 and later), and JavaScript
everywhere. In a test any runner does. This way fails: a replica that lags has an old version, not none.

\`\`\`ts file=read.test.ts
import { runScenario, scenarios } from "redouble/scenarios";
import { expect, test } from "vitest";
import read from "./read.ts";

test("reading from the replica first is not enough", async () => {
  const replicaLag = scenarios.find(({ name }) => name === "replica-lag")!;
  const { violations } = await runScenario(replicaLag, { seed: 7, implementation: read });
  expect(violations).toContainEqual(expect.stringContaining("was written, and then version"));
});
\`\`\`
`;
}

async function scenarioPage(scenario: AnyScenario): Promise<string> {
  const naive = await runScenario(scenario, { implementation: scenario.naive });
  const right = await runScenario(scenario);
  return `# ${scenario.name}

${scenario.title}

**The deployment**: \`${JSON.stringify(scenario.topology)}\`

**What goes wrong**:

\`\`\`text
${String(scenario.timeline())}
\`\`\`

## The naive way

\`\`\`text
${tell(naive)}
\`\`\`

## The right way

\`\`\`text
${tell(right)}
\`\`\`

## Why

${scenario.moral}

\`npx redouble scenarios run ${scenario.name} --naive\` plays the first, without \`--naive\` the second; both with seed 1.

## Your own way

\`npx redouble scenarios run ${scenario.name} --implementation FILE\` plays a module whose default export is

\`\`\`text
${scenario.takes.type}
\`\`\`

${scenario.takes.meaning} [More of it](README.md#your-own-way).
`;
}

function tell({ story, violations, durationMs }: ScenarioRun): string {
  const end = [
    `${stamp(durationMs)}  the end`,
    ...(violations.length === 0
      ? ["all is well"]
      : [
          `wrong: ${violations[0]!}`,
          ...(violations.length > 1 ? [`       and ${violations.length - 1} more like it`] : []),
        ]),
  ];
  const shown = story.slice(0, MOST_LINES).map(({ atMs, text }) => `${stamp(atMs)}  ${text}`);
  const left = story.length - shown.length;
  return [...shown, ...(left > 0 ? [`${" ".repeat(10)}  and ${left} lines more`] : []), ...end].join("\n");
}

function stamp(atMs: number): string {
  return `+${atMs}ms`.padStart(10);
}
