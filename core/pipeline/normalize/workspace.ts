/** Makes what the vendors of a run, or of one of its threads, share. */
import { Kernels } from '../../kernel/kernels.ts';
import type { EngineLimits } from '../../ports/engine.ts';
import type { EntryLayout } from '../sort/entry.ts';
import { RadixSorter } from '../sort/radix-sort.ts';
import { Segment, segmentSizes } from '../sort/segment.ts';
import { EMIT_SIZES } from '../sort/segment-lines.ts';
import { mergeWindowsBytes } from '../sort/sorted-run-merge.ts';
import type { VendorWorkspace } from './vendor-job.ts';

/** A window must hold what is collected twice; with a smaller one, the kernel could not take long records. */
const WINDOW_BYTES_MIN = 64 * 1024;
const WINDOW_SLACK = 64;

export function makeWorkspace(
  limits: EngineLimits,
  layout: EntryLayout,
  pools: Pick<VendorWorkspace, 'offers' | 'lines'>,
): VendorWorkspace {
  const kernels = new Kernels({
    fromBytes: limits.kernelFromBytes,
    windowBytes: Math.max(2 * limits.windowBytes + WINDOW_SLACK, WINDOW_BYTES_MIN),
    ...segmentSizes(limits.sortBytes),
    ...EMIT_SIZES,
    mergeBytes: mergeWindowsBytes(limits.mergeBytes),
  });
  const segment = new Segment(limits.sortBytes, layout);
  return { ...pools, kernels, segment, sorter: new RadixSorter(layout.skuOffset, kernels) };
}
