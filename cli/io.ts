/** The terminal as commands see it, so that tests can run them in process. */

export interface Io {
  stdout(bytes: Uint8Array | string): void;
  stderr(text: string): void;
  /** Whether progress may be shown on stderr. */
  isTTY: boolean;
  env: Readonly<Record<string, string | undefined>>;
}

/** Exit codes, as the contract has them. */
export const EXIT = { ok: 0, usage: 2, failed: 3 } as const;
