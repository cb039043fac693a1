/** An application that writes and reads all the time, and remembers what it was promised. */
import { Cluster } from "ioredis";

export class Load {
  readonly #client: Cluster;
  /** The last value of each key of which the cluster has said that it is written. */
  readonly #promised = new Map<string, string>();
  readonly #rounds: Promise<void>[];
  #stopped = false;
  /** What was read and was not what had been promised. */
  readonly broken: string[] = [];
  writes = 0;

  constructor(port: number, { keys, workers }: { readonly keys: number; readonly workers: number }) {
    this.#client = new Cluster([{ host: "127.0.0.1", port }], { clusterRetryStrategy: () => 10 });
    this.#client.on("error", () => {});
    this.#rounds = Array.from({ length: workers }, (_, worker) => this.#work(worker, { keys, workers }));
  }

  /** Each worker has keys of its own: nobody else changes what it was promised. */
  async #work(worker: number, { keys, workers }: { readonly keys: number; readonly workers: number }): Promise<void> {
    for (let round = 0; !this.#stopped; round++) {
      const key = `load:${worker + workers * (round % Math.floor(keys / workers))}`;
      const value = `${key}/${round}`;
      await this.#check(key);
      if ((await this.#client.set(key, value)) === "OK") this.#promised.set(key, value);
      this.writes++;
    }
  }

  async #check(key: string): Promise<void> {
    const [promised, found] = [this.#promised.get(key) ?? null, await this.#client.get(key)];
    if (found !== promised) this.broken.push(`${key}: ${found}, not ${promised}`);
  }

  /** Ends the load, and looks at every key once more. */
  async stop(): Promise<{ readonly keys: number; readonly broken: readonly string[] }> {
    this.#stopped = true;
    await Promise.all(this.#rounds);
    await Promise.all([...this.#promised.keys()].map((key) => this.#check(key)));
    this.#client.disconnect();
    return { keys: this.#promised.size, broken: this.broken };
  }
}
