/**
 * The job queue in the embedded database. A message sent by this process wakes a waiting `receive` at once; one sent by
 * another process is found at the next poll. As on SQS, a message that was received as often as it may be (`maxReceiveCount`) becomes a
 * dead letter when it would be received again.
 */
import type { Clock } from '../../../core/ports/engine.ts';
import type {
  DeadLetter,
  DeadLetters,
  JobMessage,
  JobQueue,
  ReceivedJob,
  ReceiveOptions,
} from '../../../core/ports/service/jobs.ts';
import { parseJob } from '../../job-message.ts';
import type { Database, Sql } from './database.ts';

interface MessageRow {
  message_id: string;
  body: string;
  sent_at: number;
  visible_at: number;
  receive_count: number;
}

export interface EmbeddedQueueOptions {
  clock: Pick<Clock, 'wall'>;
  /** Returns a new, unique id at each call. */
  createId: () => string;
  /** Receives after which a message becomes a dead letter. */
  maxReceiveCount?: number;
  /** Time between two polls for messages of other processes. */
  pollMs?: number;
}

/** SQS's limit. */
const RECEIVE_MAX = 10;
/** The default of `maxReceiveCount`. */
export const MAX_RECEIVE_COUNT = 3;
const POLL_MS = 200;

/** Allows for jumps of the clock, which all processes of a machine share. */
const CLOCK_SLACK_MS = 5000;
/**
 * Messages that can be delivered. They include those that are hidden only because the clock was set back: sent in the
 * future, or hidden for longer than any delivery is.
 */
const DUE =
  'dead = 0 AND (visible_at <= ? OR (receive_count = 0 AND sent_at > ?) OR (receive_count > 0 AND visible_at > ?))';

function dueValues(now: number, visibilitySeconds: number): [number, number, number] {
  return [now, now + CLOCK_SLACK_MS, after(now, 2 * Math.max(visibilitySeconds, HIDDEN_SECONDS_MIN))];
}
/** A message that was put off by hand may be hidden longer than a delivery. */
const HIDDEN_SECONDS_MIN = 900;

export class EmbeddedJobQueue implements JobQueue {
  readonly deadLetters: DeadLetters;
  readonly #database: Database;
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #createId: () => string;
  readonly #maxReceiveCount: number;
  readonly #pollMs: number;
  /** Functions that end this process's waits. */
  readonly #waits = new Set<() => void>();
  /** Counts the sends and releases of this process. */
  #changes = 0;

  constructor(database: Database, options: EmbeddedQueueOptions) {
    this.#database = database;
    this.#clock = options.clock;
    this.#createId = options.createId;
    this.#maxReceiveCount = options.maxReceiveCount ?? MAX_RECEIVE_COUNT;
    this.#pollMs = options.pollMs ?? POLL_MS;
    this.deadLetters = deadLettersOf(database);
  }

  send(job: JobMessage, delaySeconds = 0): Promise<void> {
    return this.sendBody(JSON.stringify(job), delaySeconds);
  }

  /** Sends any body, a job or not. */
  async sendBody(body: string, delaySeconds = 0): Promise<void> {
    const now = this.#clock.wall();
    const id = this.#createId();
    const visibleAt = after(now, delaySeconds);
    await this.#database.write((sql) =>
      sql.run('INSERT INTO messages VALUES (?, ?, ?, ?, 0, NULL, 0)', id, JSON.stringify(body), now, visibleAt),
    );
    this.#wake();
  }

  async receive(options: ReceiveOptions): Promise<ReceivedJob[]> {
    const { signal } = options;
    const until = this.#clock.wall() + options.waitSeconds * 1000;
    const max = Math.max(1, Math.min(options.max, RECEIVE_MAX));
    while (!signal?.aborted) {
      const changes = this.#changes;
      const jobs = await this.#take(max, options.visibilitySeconds);
      if (jobs.length > 0) return jobs;
      const left = until - this.#clock.wall();
      if (left <= 0) return [];
      if (changes === this.#changes) await this.#wait(Math.min(left, this.#pollMs), signal);
    }
    return [];
  }

  extend(receipt: string, visibilitySeconds: number): Promise<boolean> {
    return this.#changeDelivery(receipt, visibilitySeconds, 'visible_at = ?');
  }

  async release(receipt: string, delaySeconds: number): Promise<boolean> {
    const released = await this.#changeDelivery(receipt, delaySeconds, 'visible_at = ?, receipt = NULL');
    if (released) this.#wake();
    return released;
  }

  /** Also works after the delivery has timed out, until the message is delivered again. */
  delete(receipt: string): Promise<boolean> {
    const statement = 'DELETE FROM messages WHERE dead = 0 AND receipt = ?';
    return this.#database.write((sql) => sql.run(statement, receipt) === 1);
  }

  async depth(): Promise<{ visible: number; inFlight: number }> {
    const now = this.#clock.wall();
    const statement = `SELECT COUNT(*) FILTER (WHERE visible_at <= ?) AS visible,
      COUNT(*) FILTER (WHERE visible_at > ?) AS inFlight FROM messages WHERE dead = 0`;
    const { visible, inFlight } = await this.#database.read(
      // biome-ignore lint/style/noNonNullAssertion: the statement always returns a row
      (sql) => sql.one<{ visible: number; inFlight: number }>(statement, now, now)!,
    );
    return { visible, inFlight };
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  async #take(max: number, visibilitySeconds: number): Promise<ReceivedJob[]> {
    const now = this.#clock.wall();
    // most polls find nothing, and a poll must not keep other processes from writing
    const due = dueValues(now, visibilitySeconds);
    const any = `SELECT 1 FROM messages WHERE ${DUE} LIMIT 1`;
    if ((await this.#database.read((sql) => sql.one(any, ...due))) === undefined) return [];
    return this.#database.write((sql) => {
      sql.run(
        'UPDATE messages SET dead = 1, receipt = NULL WHERE dead = 0 AND visible_at <= ? AND receive_count >= ?',
        now,
        this.#maxReceiveCount,
      );
      const statement = `SELECT * FROM messages WHERE ${DUE} ORDER BY visible_at, rowid LIMIT ?`;
      return sql.all<MessageRow>(statement, ...due, max).map((row) => this.#deliver(sql, row, now, visibilitySeconds));
    });
  }

  #deliver(sql: Sql, row: MessageRow, now: number, visibilitySeconds: number): ReceivedJob {
    const receipt = this.#createId();
    // the job is not to blame for a clock that was set back
    const isCounted = row.receive_count === 0 || row.visible_at <= now;
    const receiveCount = row.receive_count + (isCounted ? 1 : 0);
    sql.run(
      'UPDATE messages SET receive_count = ?, receipt = ?, visible_at = ? WHERE message_id = ?',
      receiveCount,
      receipt,
      after(now, visibilitySeconds),
      row.message_id,
    );
    return { ...toLetter(row), receipt, receiveCount };
  }

  /** Works only until the delivery times out: after that, anyone may receive the message. */
  #changeDelivery(receipt: string, seconds: number, change: string): Promise<boolean> {
    const now = this.#clock.wall();
    const statement = `UPDATE messages SET ${change} WHERE dead = 0 AND receipt = ? AND visible_at > ?`;
    return this.#database.write((sql) => sql.run(statement, after(now, seconds), receipt, now) === 1);
  }

  /** Waits until the time is over, the signal aborts, or this process sends or releases a message. */
  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        this.#waits.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
      this.#waits.add(end);
    });
  }

  #wake(): void {
    this.#changes++;
    for (const end of [...this.#waits]) end();
  }
}

/** In whole milliseconds: the column is an INTEGER. */
function after(now: number, seconds: number): number {
  return now + Math.round(seconds * 1000);
}

function deadLettersOf(database: Database): DeadLetters {
  return {
    list: async (limit) => {
      const statement = 'SELECT * FROM messages WHERE dead = 1 ORDER BY sent_at, rowid LIMIT ?';
      return (await database.read((sql) => sql.all<MessageRow>(statement, limit))).map(toLetter);
    },
    get: async (messageId) => {
      const statement = 'SELECT * FROM messages WHERE dead = 1 AND message_id = ?';
      const row = await database.read((sql) => sql.one<MessageRow>(statement, messageId));
      return row === undefined ? null : toLetter(row);
    },
    delete: (messageId) =>
      database.write((sql) => sql.run('DELETE FROM messages WHERE dead = 1 AND message_id = ?', messageId) === 1),
  };
}

function toLetter(row: MessageRow): DeadLetter {
  // stored as JSON, because libsql cuts texts at a NUL
  const body = JSON.parse(row.body) as string;
  return {
    messageId: row.message_id,
    sentAt: row.sent_at,
    receiveCount: row.receive_count,
    job: parseJob(body),
    body,
  };
}
