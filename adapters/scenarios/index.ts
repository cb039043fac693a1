// The door of the failure stories: run them, with one's own implementation, or write one's own.
export { checkScenario, type ScenarioCheck } from "./check.ts";
export { runScenario, type RunOptions, type ScenarioRun, type StoryLine } from "./run.ts";
export {
  defineScenario,
  retrying,
  scenarios,
  type AnyScenario,
  type ConnectOptions,
  type Origin,
  type Scenario,
  type ScenarioClient,
  type Stage,
} from "../../scenarios/index.ts";
