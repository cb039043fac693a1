// partition: nothing that some processes send reaches others. Chaos Mesh and turmoil call it so.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { namesOf, type Names } from "./processes.ts";

export interface PartitionOptions {
  /** Servers and Sentinels by name, and `application`. */
  readonly from: Names;
  readonly to: Names;
  /** Only what `from` sends is held up. Default no: neither side hears the other. */
  readonly oneWay?: boolean;
}

/** Connections stay open and silent, as behind a broken switch. Taken out, what was under way arrives. */
export function partition(options: PartitionOptions): Fault {
  checkOptions("partition", options);
  const { oneWay = false } = options;
  const [from, to] = [namesOf(options.from), namesOf(options.to)];
  return {
    name: "partition",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world: { network, servers } }) {
      for (const name of [...from, ...to]) requireProcess(name, servers);
      const mends = from.flatMap((a) =>
        to.flatMap((b) => (oneWay ? [network.cut(a, b)] : [network.cut(a, b), network.cut(b, a)])),
      );
      return () => {
        for (const mend of mends) mend();
      };
    },
  };
}

function requireProcess(name: string, servers: readonly { readonly name: string }[]): void {
  const names = ["application", ...servers.map((server) => server.name)];
  if (!names.includes(name)) throw new TypeError(`partition: there is no "${name}"; there are ${names.join(", ")}.`);
}
