/** Shows one line of progress on a terminal, and nothing in a pipe. */

import type { RunEvent } from '../../../core/pipeline/run.ts';
import { grouped } from '../../../core/text/counted.ts';
import { CLEARED_LINE } from '../../colour.ts';
import type { Io } from '../../io.ts';

/** Milliseconds between updates. */
const UPDATE_MS = 100;

export class Progress {
  readonly #io: Io;
  #stage = '';
  #lastShownAt = 0;
  #shown = false;

  constructor(io: Io) {
    this.#io = io;
  }

  show(event: RunEvent): void {
    if (!this.#io.isTTY) return;
    if (event.type === 'stage') this.#stage = event.stage;
    const now = Date.now();
    if (now - this.#lastShownAt < UPDATE_MS) return;
    this.#lastShownAt = now;
    this.#shown = true;
    this.#io.stderr([CLEARED_LINE, `${this.#stage} ${describe(event)}`]);
  }

  clear(): void {
    if (this.#shown) this.#io.stderr(CLEARED_LINE);
    this.#shown = false;
  }
}

function describe(event: RunEvent): string {
  switch (event.type) {
    case 'stage':
      return '';
    case 'fetched':
      return `${event.vendor_id}: ${(event.bytes / 1e6).toFixed(1)} MB`;
    case 'rows':
      return `${event.vendor_id}: ${grouped(event.rows)} rows`;
    case 'normalized':
      return `${event.vendor_id}: done`;
    case 'merged':
      return `${grouped(event.rows)} SKUs`;
    case 'exported':
      return `${event.name}: ${grouped(event.rows)} rows`;
  }
}
