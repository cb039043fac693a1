// Hellos: what Sentinels tell each other through the servers that they watch (sentinel.c: sentinelSendHello, sentinelProcessHelloMessage).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Address } from "../../server/network.ts";
import { Instance, Master } from "./instance.ts";
import type { Sentinel } from "./sentinel.ts";

export const HELLO_CHANNEL = "__sentinel__:hello";

/** `ip,port,id,epoch,master,master-ip,master-port,master-epoch` */
export function helloOf(sentinel: Sentinel, master: Master): Bytes {
  const own = sentinel.announcedAddress;
  const { host, port } = master.currentAddress;
  const ofMaster = [master.name, host, port, master.configEpoch];
  return [own.host, own.port, sentinel.id, sentinel.currentEpoch, ...ofMaster].join(",");
}

/** A hello came; one that says nothing new changes nothing. */
export function receiveHello(sentinel: Sentinel, hello: Bytes): void {
  const parts = hello.split(",");
  const [host, port, id, epoch, name, masterHost, masterPort, masterEpoch] = parts;
  if (parts.length !== 8 || id === sentinel.id) return;
  const master = sentinel.masters.get(name!);
  if (master === undefined) return;
  const other = meet(sentinel, master, { id: id!, address: { host: host!, port: numberIn(port!) } });
  if (numberIn(epoch!) > sentinel.currentEpoch) sentinel.newEpoch(master, numberIn(epoch!));
  if (other !== undefined && master.configEpoch < numberIn(masterEpoch!)) {
    master.configEpoch = numberIn(masterEpoch!);
    const address = { host: masterHost!, port: numberIn(masterPort!) };
    if (address.host !== master.address.host || address.port !== master.address.port) {
      sentinel.event("+config-update-from", other);
      const from = master.address;
      sentinel.announceSwitch(master, address);
      sentinel.reconfigureClients(master, "observer", from, address);
    }
  }
  if (other !== undefined) other.lastHelloAt = sentinel.now;
}

/** As atoi reads it. */
function numberIn(text: Bytes): number {
  return Number.parseInt(text, 10) || 0;
}

/** The Sentinel who speaks, perhaps met for the first time, or at another address than before; undefined where none can be there. */
export function meet(
  sentinel: Sentinel,
  master: Master,
  { id, address }: { readonly id: Bytes; readonly address: Address },
): Instance | undefined {
  const known = master.sentinels.get(id);
  if (known !== undefined && known.address.host === address.host && known.address.port === address.port) return known;
  if (known !== undefined) {
    known.link.close();
    master.sentinels.delete(id);
    sentinel.event("+sentinel-address-switch", master, `ip ${address.host} port ${address.port} for ${id}`);
  } else {
    const atThatPlace = [...master.sentinels.values()].find(
      (each) => each.address.host === address.host && each.address.port === address.port,
    );
    if (atThatPlace !== undefined) {
      // Somebody else was there: it is no more, or has moved, and says so itself then.
      sentinel.event("+sentinel-invalid-addr", atThatPlace);
      atThatPlace.link.close();
      master.sentinels.delete(atThatPlace.name);
    }
  }
  if (!sentinel.takes(address)) return undefined;
  const other = new Instance("sentinel", {
    name: id,
    address,
    master,
    now: sentinel.now,
    downAfterMs: master.downAfterMs,
    link: sentinel.createLink(),
  });
  other.runId = id;
  master.sentinels.set(id, other);
  if (known === undefined) sentinel.event("+sentinel", other);
  return other;
}

export function sayHello(sentinel: Sentinel, instance: Instance): void {
  const master = instance instanceof Master ? instance : instance.master!;
  instance.link.send(["PUBLISH", HELLO_CHANNEL, helloOf(sentinel, master)], (reply) => {
    if (reply.type !== "error") instance.link.publishedAt = sentinel.now;
  });
}

/** The configuration has changed: everybody is told as soon as possible (sentinelForceHelloUpdateForMaster). */
export function hurryHellos(sentinel: Sentinel, master: Master): void {
  const sooner = sentinel.now - (sentinel.timing["publish-period"] + 1);
  for (const { link } of [master, ...master.sentinels.values(), ...master.slaves.values()]) {
    link.publishedAt = Math.min(link.publishedAt, sooner);
  }
}
