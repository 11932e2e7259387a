/** What commands know of the terminal, so that tests can run them in process. */

export interface Io {
  stdout(bytes: Uint8Array | string): void;
  stderr(text: string): void;
  /** Whether progress may be shown on stderr. */
  isTTY: boolean;
  env: Readonly<Record<string, string | undefined>>;
}

/** Exit codes: the contract fixes 0, 2 and 3. */
export const EXIT = { ok: 0, usage: 2, failed: 3 } as const;
