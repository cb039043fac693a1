// A Sentinel: a server without data that watches primaries, agrees with its like, and fails over (sentinel.c).
import type { Bytes } from "../../kernel/bytes.ts";
import { globMatch } from "../../kernel/glob.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Timer } from "../../kernel/scheduler.ts";
import type { Address } from "../../server/network.ts";
import type { Server } from "../../server/server.ts";
import { meet } from "./hello.ts";
import { runFailover, startFailoverIfNeeded } from "./failover.ts";
import { Instance, Master } from "./instance.ts";
import { InstanceLink, type LinkOptions } from "./instance-link.ts";
import {
  askOthers,
  checkObjectivelyDown,
  checkSubjectivelyDown,
  reconnect,
  sendPeriodicCommands,
} from "./monitoring.ts";
import { Scripts, WARNINGS } from "./scripts.ts";
import { usualTiming, type Timing } from "./timing.ts";

const LEAST_HZ = 10;

export interface MonitorOptions {
  readonly name: Bytes;
  readonly address: Address;
  readonly quorum: number;
}

export class Sentinel {
  readonly server: Server;
  readonly timing: Timing = { ...usualTiming };
  readonly masters = new Map<Bytes, Master>();
  readonly scripts = new Scripts(this);
  /** How Sentinels know each other. */
  id: Bytes;
  currentEpoch = 0;
  /** What others are told of where this one is; its own address where that is not given. */
  announcedHost: Bytes = "";
  announcedPort = 0;
  resolvesHostnames = false;
  announcesHostnames = false;
  authUser: Bytes = "";
  authPassword: Bytes = "";
  /** Whether SENTINEL SET may name no scripts. */
  deniesScripts = true;
  logLevel: Bytes = "notice";
  /** SENTINEL SIMULATE-FAILURE: where it dies. */
  failureSimulated: "crash-after-election" | "crash-after-promotion" | undefined;
  /** Since when its sense of time cannot be trusted. */
  tiltSince: number | undefined;
  #lastTickAt: number;
  #timer: Timer | undefined;
  readonly #linkOptions: LinkOptions;

  constructor(server: Server) {
    this.server = server;
    this.id = server.random.fork("sentinel-id").hex(40);
    this.#lastTickAt = server.steadyNow;
    this.#linkOptions = {
      network: server.world.network,
      caller: server.doors.callerBy("tls-replication"),
      now: () => server.steadyNow,
      onHandled: () => server.outbox.flushAll(),
    };
    this.#scheduleTick();
  }

  get now(): number {
    return this.server.steadyNow;
  }

  get inTilt(): boolean {
    return this.tiltSince !== undefined;
  }

  /** Its address as others are told it. */
  get announcedAddress(): Address {
    const { host, port } = this.server.doors.processAddress;
    return { host: this.announcedHost || host, port: this.announcedPort || port };
  }

  createLink(): InstanceLink {
    return new InstanceLink(this.#linkOptions);
  }

  /** SENTINEL MONITOR, or a line of sentinel.conf; `beginsToWatch` tells it. */
  monitor({ name, address, quorum }: MonitorOptions): Master {
    if (this.masters.has(name)) throw new ReplyError("ERR Duplicate master name.");
    const master = new Master({
      name,
      address,
      quorum,
      now: this.now,
      downAfterMs: this.timing["default-down-after"],
      failoverTimeoutMs: this.timing["default-failover-timeout"],
      link: this.createLink(),
    });
    this.masters.set(name, master);
    return master;
  }

  beginsToWatch(master: Master): void {
    this.event("+monitor", master, `quorum ${master.quorum}`);
  }

  remove(master: Master): void {
    this.event("-monitor", master);
    this.masters.delete(master.name);
    closeLinks(master);
  }

  /** The master of a name; throws where nobody is watched under it. */
  require(name: Bytes): Master {
    const master = this.masters.get(name);
    if (master === undefined) throw new ReplyError("ERR No such master with that name");
    return master;
  }

  masterAt({ host, port }: Address): Master | undefined {
    return [...this.masters.values()].find(({ address }) => address.host === host && address.port === port);
  }

  /** Names stand for addresses only where that is asked for. */
  takesHost(host: Bytes): boolean {
    return this.resolvesHostnames || /^[0-9.]+$|:/.test(host);
  }

  /** Whether somebody can be there. */
  takes({ host, port }: Address): boolean {
    return this.takesHost(host) && port >= 0 && port <= 65_535;
  }

  createSlave(master: Master, address: Address): Instance {
    const name = `${address.host}:${address.port}`;
    const slave = new Instance("slave", {
      name,
      address,
      master,
      now: this.now,
      downAfterMs: master.downAfterMs,
      link: this.createLink(),
    });
    master.slaves.set(name, slave);
    return slave;
  }

  /** SENTINEL RESET: forgets what was learnt of the masters whose names fit. */
  reset(pattern: Bytes): number {
    const found = [...this.masters.values()].filter(({ name }) => globMatch(pattern, name));
    for (const master of found) {
      this.forget(master, { keepSentinels: false });
      this.event("+reset-master", master);
    }
    return found.length;
  }

  /** Back to what is known of a master that was just named, but for what it last told of itself (sentinelResetMaster). */
  forget(master: Master, { keepSentinels }: { readonly keepSentinels: boolean }): void {
    for (const slave of master.slaves.values()) slave.link.close();
    master.slaves.clear();
    if (!keepSentinels) {
      for (const sentinel of master.sentinels.values()) sentinel.link.close();
      master.sentinels.clear();
    }
    master.link.close();
    master.link = this.createLink();
    master.subjectivelyDownSince = undefined;
    master.objectivelyDownSince = undefined;
    master.leader = undefined;
    master.changeFailoverState("none", 0);
    master.failoverStartedAt = 0;
    master.forced = false;
    master.promotedSlave = undefined;
    master.runId = "";
    master.roleReported = "master";
    master.roleReportedAt = this.now;
  }

  /** A master is another server now; the old one is its replica (sentinelResetMasterAndChangeAddress). */
  changeAddress(master: Master, address: Address): void {
    const same = (other: Address): boolean => other.host === address.host && other.port === address.port;
    const slaves = [...master.slaves.values()].map((slave) => slave.address).filter((each) => !same(each));
    if (!same(master.address)) slaves.push(master.address);
    this.forget(master, { keepSentinels: true });
    master.address = address;
    for (const each of slaves) this.event("+slave", this.createSlave(master, each));
  }

  /** The switch to another address, as clients and scripts learn it. */
  announceSwitch(master: Master, to: Address): void {
    const { host, port } = master.address;
    this.tell("+switch-master", master, `${master.name} ${host} ${port} ${to.host} ${to.port}`);
    if (this.takes(to)) this.changeAddress(master, to);
  }

  /** The script that turns clients to another primary is called, by whoever leads the failover and by those who hear of it. */
  reconfigureClients(master: Master, role: "leader" | "observer", from: Address, to: Address): void {
    if (master.clientReconfigScript === "") return;
    const addresses = [from.host, String(from.port), to.host, String(to.port)];
    this.scripts.schedule(master.clientReconfigScript, [master.name, role, "start", ...addresses]);
  }

  /** Something happened to an instance: its message goes out on the channel of that name (sentinelEvent). */
  event(type: Bytes, instance: Instance, more = ""): void {
    const { kind, name, address, master } = instance;
    const of = master === undefined ? "" : ` @ ${master.name} ${master.address.host} ${master.address.port}`;
    this.tell(type, instance, `${kind} ${name} ${address.host} ${address.port}${of}${more === "" ? "" : ` ${more}`}`);
  }

  /** The same in other words; a warning goes to the notification script as well. */
  tell(type: Bytes, instance: Instance, message: Bytes): void {
    this.publish(type, message);
    const script = (instance instanceof Master ? instance : instance.master)?.notificationScript ?? "";
    if (script !== "" && WARNINGS.has(type)) this.scripts.schedule(script, [type, message]);
  }

  /** It leaves at the end of the turn: who dies in the middle of one has not said it. */
  publish(channel: Bytes, message: Bytes): void {
    this.server.pubsub.publish(channel, message);
  }

  newEpoch(master: Master, epoch: number): void {
    this.currentEpoch = epoch;
    this.tell("+new-epoch", master, String(epoch));
  }

  /** Its process is gone: nothing of it runs any more. */
  stopped(): void {
    this.#timer?.cancel();
    this.scripts.forget();
    for (const master of this.masters.values()) closeLinks(master);
  }

  /** It is there again, and knows what its configuration file has kept: settings, epochs, and who was there. */
  restarted(): void {
    for (const master of this.masters.values()) {
      const slaves = [...master.slaves.values()];
      const sentinels = [...master.sentinels.values()];
      this.forget(master, { keepSentinels: false });
      master.infoAt = 0;
      for (const { address } of slaves) this.createSlave(master, address);
      for (const { name, address } of sentinels) meet(this, master, { id: name, address });
      this.beginsToWatch(master);
    }
    this.failureSimulated = undefined;
    this.tiltSince = undefined;
    this.#lastTickAt = this.now;
    this.#scheduleTick();
  }

  // The timer: ten to twenty times a second, never quite in step with the others.

  #scheduleTick(): void {
    const hz = LEAST_HZ + this.server.random.int(0, LEAST_HZ - 1);
    const { world, clock } = this.server;
    this.#timer = world.scheduleInBackground(clock.worldTime(clock.now + Math.floor(1000 / hz)), () => {
      if (!this.server.stalled) this.tick();
      this.#scheduleTick();
    });
  }

  /** Looks at everything that is watched. */
  tick(): void {
    this.#checkTilt();
    for (const master of this.masters.values()) {
      this.#handle(master);
      for (const slave of Array.from(master.slaves.values())) this.#handle(slave);
      for (const sentinel of Array.from(master.sentinels.values())) this.#handle(sentinel);
      if (master.failoverState === "update_config") {
        this.announceSwitch(master, master.promotedSlave?.address ?? master.address);
      }
    }
    if (!this.server.lifecycle.crashed) this.scripts.turn();
    this.server.outbox.flushAll();
  }

  #handle(instance: Instance): void {
    if (this.server.lifecycle.crashed) return;
    reconnect(this, instance);
    sendPeriodicCommands(this, instance);
    if (this.tiltSince !== undefined) {
      if (this.now - this.tiltSince < this.timing["tilt-period"]) return;
      this.tiltSince = undefined;
      this.publish("-tilt", "#tilt mode exited");
    }
    checkSubjectivelyDown(this, instance);
    if (!(instance instanceof Master)) return;
    checkObjectivelyDown(this, instance);
    if (startFailoverIfNeeded(this, instance)) askOthers(this, instance, { forced: true });
    runFailover(this, instance);
    askOthers(this, instance, { forced: false });
  }

  /** It was stopped, or its clock was turned: what it believes of the time may be wrong (sentinelCheckTiltCondition). */
  #checkTilt(): void {
    const passed = this.now - this.#lastTickAt;
    if (passed < 0 || passed > this.timing["tilt-trigger"]) {
      this.tiltSince = this.now;
      this.publish("+tilt", "#tilt mode entered");
    }
    this.#lastTickAt = this.now;
  }
}

function closeLinks(master: Master): void {
  master.link.close();
  for (const { link } of [...master.slaves.values(), ...master.sentinels.values()]) link.close();
}
