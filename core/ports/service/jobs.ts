/** The port for the queue of jobs: delivered at least once, and hidden while a worker has them. */

export interface JobMessage {
  run_id: string;
  tenant_id: string;
  vendors: string[];
  config_version: number;
  /** Present if the job is not a run: `run_id` is then the id of a simulation. */
  simulation?: true;
}

export interface ReceivedJob {
  messageId: string;
  /** Identifies this delivery in later calls. */
  receipt: string;
  /** Deliveries so far, this one included. */
  receiveCount: number;
  sentAt: number;
  /** Null if the body is not a job. */
  job: JobMessage | null;
  body: string;
}

export interface ReceiveOptions {
  max: number;
  visibilitySeconds: number;
  /** How long to wait for the first message. */
  waitSeconds: number;
  signal?: AbortSignal;
}

/** Delivers at least once, in no guaranteed order. A delivery is hidden from others until its visibility timeout. */
export interface JobQueue {
  send(job: JobMessage, delaySeconds?: number): Promise<void>;
  receive(options: ReceiveOptions): Promise<ReceivedJob[]>;
  /** Hides the delivery for this long from now. False if it is no longer the caller's. */
  extend(receipt: string, visibilitySeconds: number): Promise<boolean>;
  delete(receipt: string): Promise<boolean>;
  /** Makes it available again after a delay. */
  release(receipt: string, delaySeconds: number): Promise<boolean>;
  /** How many messages are visible, and how many are hidden. */
  depth(): Promise<{ visible: number; inFlight: number }>;
  deadLetters: DeadLetters;
  check(): Promise<void>;
}

/** Messages that were received too often. */
export interface DeadLetters {
  list(limit: number): Promise<DeadLetter[]>;
  get(messageId: string): Promise<DeadLetter | null>;
  delete(messageId: string): Promise<boolean>;
}

export interface DeadLetter {
  messageId: string;
  sentAt: number;
  receiveCount: number;
  job: JobMessage | null;
  body: string;
}
