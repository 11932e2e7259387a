/** What a history is made with, and what came of it. */
import type { Code } from './code.ts';
import type { Trouble } from './troubles.ts';

export interface HistoryOptions {
  troubles?: readonly Trouble[];
  /** The calls at which workers stall until another worker overtakes them. */
  ambushes?: readonly string[];
  /** The share of steps with trouble, while there is trouble left. */
  share?: number;
  code?: Code;
  /** Adds a tenant with runs that are compared, and people who roll back and decide. */
  publishing?: boolean;
  /** A client tries configs on a run that has ended. */
  simulating?: boolean;
  /** Jobs that a worker has at a time. */
  places?: number;
  /** Gets all that workers ask of stores, log and measure, and at the end what is stored. */
  tell?: (text: string) => void;
}

export interface HistoryResult {
  /** The promises that were broken. */
  broken: string[];
  trace: string[];
  choices: readonly number[];
  runs: number;
}
