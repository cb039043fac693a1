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
