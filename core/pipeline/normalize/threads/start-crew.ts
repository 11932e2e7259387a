/** Decides whether threads normalize the vendors of a run, and orders them. */
import { RelayError } from '../../../errors.ts';
import type { ByteSource } from '../../../ports/engine.ts';
import type { VendorOutput } from '../../artifacts.ts';
import type { BoundPlugins } from '../../bind.ts';
import type { FetchedVendor } from '../../fetch/vendor-fetch.ts';
import type { RunContext } from '../../run-context.ts';
import type { EntryLayout } from '../../sort/entry.ts';
import type { SpillBudget } from '../../sort/sorted-run.ts';
import { VendorCrew } from './crew.ts';
import type { SentSource, VendorOrder } from './messages.ts';

export interface CrewSetting {
  used: BoundPlugins['used'];
  entryLayout: EntryLayout;
  collectsRefused: boolean;
  offers: SpillBudget;
  createOutput(vendorId: string): Promise<VendorOutput>;
  onRows(vendorId: string, rows: number): void;
}

/** Null if the run is better off in its own thread. */
export function startCrew(
  context: RunContext,
  fetched: readonly FetchedVendor[],
  { used, entryLayout, collectsRefused, offers, createOutput, onRows }: CrewSetting,
): VendorCrew | null {
  const { engine, request, limits } = context;
  const { threads } = engine;
  const { runId, rawConfig, now, scratch } = request;
  if (threads === undefined || threads.count < 2) return null;
  if (!used.every((plugin) => threads.canRun(plugin))) return null;
  const list = new OrderList();
  for (const [position, one] of fetched.entries()) list.add(position, one);
  if (list.orders.length < 2 || list.bytes < threads.leastBytes) return null;
  return new VendorCrew({
    threads,
    setting: {
      ...{ runId, rawConfig, now, entryLayout, collectsRefused },
      limits,
      offersBytes: offers.bytes,
      offersUsed: offers.used,
    },
    orders: list.orders,
    sources: list.sources,
    createOutput,
    createScratch: () => scratch.create(),
    onRows,
  });
}

class OrderList {
  readonly orders: VendorOrder[] = [];
  /** By their ids. */
  readonly sources: ByteSource[] = [];
  /** Bytes of the feeds, as far as they are known. */
  bytes = 0;

  add(position: number, { vendor, feeds, sideFiles }: FetchedVendor): void {
    if (feeds === null || feeds instanceof RelayError) return;
    const order: VendorOrder = { position, vendorId: vendor.vendor_id, feeds: [], sideFiles: [] };
    for (const { file, source } of feeds) {
      const sent = this.#sent(source);
      order.feeds.push({ file, source: sent });
      this.bytes += sent.size ?? 0;
    }
    for (const [name, source] of sideFiles) order.sideFiles.push([name, this.#sent(source)]);
    this.orders.push(order);
  }

  #sent(source: ByteSource): SentSource {
    const { name, size, file = null } = source;
    return { id: this.sources.push(source) - 1, name, size, file };
  }
}
