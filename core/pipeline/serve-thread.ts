/** A thread's end of what a run has threads for: normalizing vendors, merging ranges of SKUs, or all of them. Its first message says which. */
import type { ThreadChannel } from '../ports/threads.ts';
import { aheadThread } from './merge/ahead/ahead-thread.ts';
import type { ToAheadThread } from './merge/ahead/messages.ts';
import { mergeThread } from './merge/ranges/merge-thread.ts';
import type { ToMergeThread } from './merge/ranges/messages.ts';
import type { ToThread } from './normalize/threads/messages.ts';
import { type ThreadEngine, vendorThread } from './normalize/threads/vendor-thread.ts';

/** Serves the run at the other end of the channel until that ends the thread. */
export function serveThread(channel: ThreadChannel, engine: ThreadEngine): void {
  let serve: ((message: never) => void) | null = null;
  channel.listen((message) => {
    const to = message as ToThread | ToMergeThread | ToAheadThread;
    if (to.type === 'merge') serve = mergeThread(channel, engine);
    else if (to.type === 'settle') serve = aheadThread(channel, engine);
    else if (to.type === 'start') serve = vendorThread(channel, engine);
    serve?.(to as never);
  });
}
