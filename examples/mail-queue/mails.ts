// A shop's mails, by BullMQ: sent when they are due, again when the post refuses them, every hour, or once an order is ready.
import { FlowProducer, Queue, Worker, type ConnectionOptions, type JobsOptions } from "bullmq";

export interface Mail {
  readonly to: string;
  readonly subject: string;
}

/** Hands a mail to the post; rejects when the post does not take it. */
export type Post = (mail: Mail) => Promise<void>;

const QUEUE = "mails";

/** A mail is tried five times: at once, then after 1, 2, 4 and 8 minutes. */
const PATIENTLY: JobsOptions = { attempts: 5, backoff: { type: "exponential", delay: 60_000 } };

/** Where the shop puts its mails in. */
export class Mails {
  readonly queue: Queue<Mail>;
  readonly #flows: FlowProducer;

  constructor(connection: ConnectionOptions) {
    this.queue = new Queue(QUEUE, { connection, defaultJobOptions: PATIENTLY });
    this.#flows = new FlowProducer({ connection });
  }

  /** Puts in mails that leave later. */
  async sendLater(mails: readonly { readonly mail: Mail; readonly delayMs: number }[]): Promise<void> {
    await this.queue.addBulk(
      mails.map(({ mail, delayMs }) => ({ name: "later", data: mail, opts: { delay: delayMs } })),
    );
  }

  /** Sends a mail now, and again after each interval. Every start of the shop says so; that changes nothing. */
  async sendEvery(intervalMs: number, mail: Mail): Promise<void> {
    await this.queue.upsertJobScheduler(mail.subject, { every: intervalMs }, { name: "repeated", data: mail });
  }

  /** Sends a mail to each supplier, and the customer's once all of these are sent. */
  async sendOrder(customer: Mail, suppliers: readonly Mail[]): Promise<void> {
    const job = (name: string, data: Mail) => ({ name, queueName: QUEUE, data, opts: PATIENTLY });
    await this.#flows.add({ ...job("customer", customer), children: suppliers.map((mail) => job("supplier", mail)) });
  }

  async close(): Promise<void> {
    await Promise.all([this.queue.close(), this.#flows.close()]);
  }
}

/** Carries mails to the post, ten at a time, until it is closed. */
export function startMailer(connection: ConnectionOptions, post: Post): Worker<Mail> {
  return new Worker<Mail>(QUEUE, ({ data }) => post(data), { connection, concurrency: 10 });
}
