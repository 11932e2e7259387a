/** Threads beside the one that a run works in. Without them a run does all its work in its own. */

/** One end of a connection. Messages are copied; buffers that are handed over change hands. */
export interface ThreadChannel {
  post(message: unknown, handedOver?: readonly ArrayBuffer[]): void;
  /** Sets who gets the messages; called once. */
  listen(receive: (message: unknown) => void): void;
}

export interface Thread extends ThreadChannel {
  /** Calls `report` if the thread ends by itself. */
  onDeath(report: (error: unknown) => void): void;
  /** Ends it at once, whatever it is doing. */
  end(): void | Promise<void>;
}

export interface Threads {
  /** The most threads that work at once; a run with one does not start any. */
  readonly count: number;
  /** Bytes of feeds from which starting threads is worth it. */
  readonly leastBytes: number;
  /** True if a thread has the plugin too. A run that uses another one stays in its own thread. */
  canRun(plugin: { kind: string; id: string }): boolean;
  /** Starts a thread that serves the other end: see `serveVendors`. */
  start(): Thread;
}
