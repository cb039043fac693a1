// `npm run demo`: the applications on simulated servers, told step by step. The same words every time.
import { Redis } from "ioredis";
import pc from "picocolors";
import { createClient } from "redis";
import { createRedouble, type Redouble } from "redouble";
import { replyLost, resetPeer, type Fault } from "redouble/faults";
import { intercept } from "redouble/net";
import { WorkQueue, type Handler } from "./game-backend/work-queue.ts";
import apiModule from "./api-limiter/api.cjs";
import limiters from "./api-limiter/limiters.cjs";
import { Sessions } from "./session-store/sessions.ts";

const NEW_YEAR = Date.UTC(2026, 0, 1, 9, 0, 0);

let redouble: Redouble;

async function main(): Promise<void> {
  const interception = intercept();
  say(
    pc.bold("Redouble"),
    pc.dim("a whole Redis inside this process, on a clock of its own. No server, no container, no port."),
  );
  say(pc.dim("ioredis and node-redis, unmodified, dial localhost:6379. It is not there."));
  await sessionStore();
  await apiLimiter(limiters.countThenExpire, "the first version: INCR, then PEXPIRE");
  await apiLimiter(limiters.expireThenCount, "mended: the counter is born with its end");
  await workQueue({}, "jobs have no key");
  await workQueue({ idempotencyKey: "season-1" }, "mended: an idempotency key");
  interception.restore();
  say("");
  say(pc.dim("Two years went by on the servers, and no time at all here."));
  say(pc.dim("The same as tests: examples/session-store, examples/api-limiter and examples/game-backend."));
}

async function sessionStore(): Promise<void> {
  chapter("A session store", "examples/session-store, ioredis");
  redouble = createRedouble({ seed: 1, startTime: NEW_YEAR });
  const redis = new Redis("redis://localhost:6379");
  redis.on("error", () => {});
  let tokens = 0;
  const sessions = new Sessions(redis, { newToken: () => `token-${++tokens}` });

  const first = await sessions.open({ user: "ada", role: "editor" });
  step("Ada logs in", `${first}: ${await show(sessions, first)}`);
  await pass("29m");
  step("she clicks", `${first}: ${await show(sessions, first)}`);
  await pass("31m");
  step("she comes back from lunch", `${first}: ${await show(sessions, first)}`);

  const old = await sessions.open({ user: "ada", role: "editor" });
  step("she logs in again", `${old}: ${await show(sessions, old)}`);
  inject(replyLost({ command: "EXEC", nth: 1 }), "the rotation will run, and its reply will be lost");
  const next = (await sessions.rotate(old))!;
  step("her token is rotated", `the link broke, the store asked once more: ${next}: ${await show(sessions, next)}`);
  await pass("11s");
  step(
    "no session is left behind",
    `keys: ${redouble.server.keys("session:*").join(", ")}`,
    redouble.server.keys("session:*").length === 1,
  );

  await sessions.closeAll("ada");
  step("she logs out everywhere", `${next}: ${await show(sessions, next)}`);
  redis.disconnect();
  redouble.stop();
}

async function apiLimiter(limiter: typeof limiters.countThenExpire, version: string): Promise<void> {
  chapter("An API limiter, three calls a minute", `examples/api-limiter, node-redis; ${version}`);
  redouble = createRedouble({ seed: 1, startTime: NEW_YEAR });
  const client = createClient({ url: "redis://localhost:6379" });
  client.on("error", () => {});
  await client.connect();
  const api = apiModule.createApi({ allow: limiter(client, { calls: 3, windowMs: 60_000 }) });
  const call = async (times: number): Promise<string> => {
    const statuses: number[] = [];
    for (let i = 0; i < times; i++) statuses.push(await api({ caller: "ada" }));
    return statuses.map(status).join(" ");
  };

  step("Ada calls five times", await call(5));
  await pass("61s");
  step("and a minute later", await call(1));
  redouble.reset();
  const command = limiter === limiters.countThenExpire ? "PEXPIRE" : "EXEC";
  inject(resetPeer({ command, nth: 1 }), `the link will break before ${command}`);
  step("a new minute, five calls", await call(5));
  await pass("365d");
  const answer = await call(1);
  const ok = answer.includes("200");
  step("and a year later", `${answer}  ${ok ? "let in again" : `locked out for good: ${counter()}`}`, ok);
  await client.close();
  redouble.stop();
}

async function workQueue(options: Parameters<WorkQueue["enqueue"]>[2], version: string): Promise<void> {
  chapter("A queue of prizes, on a stream", `examples/game-backend, ioredis; ${version}`);
  redouble = createRedouble({ seed: 1, startTime: NEW_YEAR });
  const redis = new Redis("redis://localhost:6379");
  redis.on("error", () => {});
  const queue = new WorkQueue(redis, "prizes");
  await queue.open();
  let prizes = 0;
  const give: Handler = () => void prizes++;

  inject(replyLost({ command: "XADD", nth: 1 }), "the job will be added, and the reply will be lost");
  await queue.enqueue("prize", "ada", options);
  step("a prize for Ada", `the link broke, the client sent it again: ${await queue.size()} entries`);
  await new Promise<void>((taken) => {
    void queue.work("worker-1", () => new Promise(() => taken()));
  });
  step("worker-1 takes it", "and crashes");
  step("worker-2 goes to work", await queue.work("worker-2", give));
  await pass("1m");
  step("worker-2 looks again", `an abandoned job: ${await queue.work("worker-2", give)}`);
  step("Ada's prizes", String(prizes), prizes === 1);
  redis.disconnect();
  redouble.stop();
}

function counter(): string {
  const [value, ttl] = [redouble.server.call("GET", "calls:ada"), redouble.server.call("TTL", "calls:ada")];
  return `calls:ada is ${value as string}, and its TTL is ${ttl as number}`;
}

async function show(sessions: Sessions, token: string): Promise<string> {
  const session = await sessions.read(token);
  return session === null ? "over" : `${session.user}, ${session.role}`;
}

async function pass(duration: string): Promise<void> {
  await redouble.clock.advance(duration);
  say(`  ${time()}  ${pc.cyan(`${duration} pass`)}`);
}

function inject(fault: Fault, meaning: string): void {
  redouble.faults.inject(fault);
  say(`  ${time()}  ${pc.yellow(`fault ${fault.name}`)}  ${pc.dim(meaning)}`);
}

function step(what: string, outcome: string, good?: boolean): void {
  const mark = good === undefined ? " " : good ? pc.green("✓") : pc.red("✗");
  say(`${mark} ${time()}  ${what.padEnd(26)}  ${outcome}`);
}

function chapter(title: string, where: string): void {
  say("");
  say(`${pc.bold(title)}  ${pc.dim(where)}`);
}

function status(code: number): string {
  return code === 200 ? pc.green(String(code)) : pc.red(String(code));
}

/** The servers' time, which is nobody else's. */
function time(): string {
  return pc.dim(new Date(redouble.clock.now).toISOString().replace("T", " ").slice(0, 19));
}

function say(...words: readonly string[]): void {
  console.log(words.join("  "));
}

await main();
