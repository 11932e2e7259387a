/** Threads beside the one in which a run works. Without them a run does all its work in its own thread. */

/** One end of a connection. Messages are copied; a transferred buffer belongs to the receiver. */
export interface ThreadChannel {
  post(message: unknown, handedOver?: readonly ArrayBuffer[]): void;
  /** Sets the receiver of messages; called once. */
  listen(receive: (message: unknown) => void): void;
}

export interface Thread extends ThreadChannel {
  /** Calls `report` if the thread ends by itself. */
  onDeath(report: (error: unknown) => void): void;
  /** Ends the thread at once, whatever it is doing. */
  end(): void | Promise<void>;
}

export interface Threads {
  /** The most threads that work at the same time; with one, none are started. */
  readonly count: number;
  /** Threads are started for feeds of at least this many bytes. */
  readonly leastBytes: number;
  /** Threads merge offers of at least this many bytes. */
  readonly leastMergeBytes: number;
  /** True if threads have the plugin too. A run with any other plugin stays in its own thread. */
  canRun(plugin: { kind: string; id: string }): boolean;
  /** Starts a thread that serves the other end: see `serveThread`. */
  start(): Thread;
}
