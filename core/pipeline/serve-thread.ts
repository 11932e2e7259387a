/** A thread's end of what a run has threads for: normalizing vendors, or merging ranges of SKUs. Its first message says which. */
import type { ThreadChannel } from '../ports/threads.ts';
import { mergeThread } from './merge/ranges/merge-thread.ts';
import type { ToMergeThread } from './merge/ranges/messages.ts';
import type { ToThread } from './normalize/threads/messages.ts';
import { type ThreadEngine, vendorThread } from './normalize/threads/vendor-thread.ts';

/** Serves the run at the other end of the channel until that ends the thread. */
export function serveThread(channel: ThreadChannel, engine: ThreadEngine): void {
  let vendors: ((message: ToThread) => void) | null = null;
  let ranges: ((message: ToMergeThread) => void) | null = null;
  channel.listen((message) => {
    const to = message as ToThread | ToMergeThread;
    if (to.type === 'merge') ranges = mergeThread(channel, engine);
    else if (to.type === 'start') vendors = vendorThread(channel, engine);
    if (ranges !== null) ranges(to as ToMergeThread);
    else vendors?.(to as ToThread);
  });
}
