/**
 * A thread's side: normalizes vendors one after the other, as the run orders, with the same code as a run without
 * threads.
 */
import { ACCEPTED_BEFORE, checkConfig } from '../../../config/check.ts';
import type { TenantConfig } from '../../../config/schema.ts';
import { assert, inFile, sentError } from '../../../errors.ts';
import type { ByteSource, EngineLimits } from '../../../ports/engine.ts';
import type { ThreadChannel } from '../../../ports/threads.ts';
import type { Registry } from '../../../registry.ts';
import { type BoundPlugins, bindPlugins } from '../../bind.ts';
import { LentSource } from '../../fetch/lent-source.ts';
import type { NamedFeed } from '../../fetch/vendor-fetch.ts';
import { HookWaits } from '../../hook-waits.ts';
import { IssueLog } from '../../issues.ts';
import { Misuses } from '../../misuses.ts';
import type { Engine } from '../../run-types.ts';
import { SkuList } from '../../sort/sku-list.ts';
import { SpillBudget, SpillPool } from '../../sort/sorted-run.ts';
import { makeJob } from '../make-job.ts';
import { normalizeVendor, type VendorResult } from '../vendor.ts';
import type { VendorWorkspace } from '../vendor-job.ts';
import { makeWorkspace } from '../workspace.ts';
import type { SentResult, SentRun, SentSource, ThreadSetting, ToThread, VendorDone, VendorOrder } from './messages.ts';
import { RemotePorts, sentRun, type ThreadFiles } from './remote-ports.ts';

export interface ThreadEngine extends Pick<Engine, 'pricing' | 'readSideTable'> {
  /** A promise, since loading may take a while: the thread has just started. */
  registry: Registry | Promise<Registry>;
  /** Opens a file of the run on this machine's disk. If absent, the thread asks the run for all bytes. */
  fileSource?(file: string): ByteSource;
  /** If absent, all bytes go through the run. */
  files?: ThreadFiles;
  /** For tests: overwrites each lent chunk as soon as it must be given back. */
  spoilsLent?: boolean;
}

/** So many rows pass between two reports to the run, which may then stop the thread. */
const ROWS_BETWEEN = 8192;

/** What a thread works with. */
export interface ThreadEnd {
  channel: ThreadChannel;
  ports: RemotePorts;
  engine: ThreadEngine;
}

/** Takes the messages of the run at the other end of the channel until that ends the thread. */
export function vendorThread(channel: ThreadChannel, engine: ThreadEngine): (message: ToThread) => void {
  const ports = new RemotePorts(channel, engine.files ?? null);
  let worker: Promise<VendorWorker> | null = null;
  return (to) => {
    if (to.type === 'answer') ports.answered(to);
    else if (to.type === 'start') worker = VendorWorker.start({ channel, ports, engine }, to.setting);
    else {
      assert(worker !== null, 'a thread starts before it gets a vendor');
      void answer(worker, to.order, channel);
    }
  };
}

async function answer(worker: Promise<VendorWorker>, order: VendorOrder, channel: ThreadChannel): Promise<void> {
  const log = new IssueLog((await worker).limits);
  const { done, handedOver } = await (await worker).work(order, log);
  channel.post({ type: 'done', done }, handedOver);
}

class VendorWorker {
  readonly #channel: ThreadChannel;
  readonly #ports: RemotePorts;
  readonly #engine: ThreadEngine;
  readonly #setting: ThreadSetting;
  readonly #config: TenantConfig;
  readonly #plugins: BoundPlugins;
  readonly #workspace: VendorWorkspace;

  private constructor(
    { channel, ports, engine }: ThreadEnd,
    setting: ThreadSetting,
    { config, plugins }: { config: TenantConfig; plugins: BoundPlugins },
  ) {
    this.#channel = channel;
    this.#ports = ports;
    this.#engine = engine;
    this.#setting = setting;
    this.#config = config;
    this.#plugins = plugins;
    const { limits, offersBytes, offersUsed, entryLayout } = setting;
    this.#workspace = makeWorkspace(limits, entryLayout, {
      offers: new SpillPool(ports, new SpillBudget(offersBytes, offersUsed)),
      lines: new SpillPool(ports, new SpillBudget(0)),
    });
  }

  static async start(end: ThreadEnd, setting: ThreadSetting): Promise<VendorWorker> {
    const { rawConfig, limits } = setting;
    const { config, plugins } = await boundAgain(end.engine, rawConfig, limits);
    return new VendorWorker(end, setting, { config, plugins });
  }

  get limits(): ThreadSetting['limits'] {
    return this.#setting.limits;
  }

  /** Never throws. */
  async work(order: VendorOrder, log: IssueLog): Promise<{ done: VendorDone; handedOver: ArrayBuffer[] }> {
    const { position } = order;
    const refusedSkus = this.#setting.collectsRefused ? new SkuList(this.#workspace.offers) : null;
    let result: SentResult | null = null;
    let error: VendorDone['error'] = null;
    let refused: SentRun[] = [];
    try {
      result = sentResult(await this.#normalize(order, log, refusedSkus));
    } catch (problem) {
      error = sentError(problem);
    }
    try {
      await refusedSkus?.spill();
      refused = refusedSkus?.runs.map(sentRun) ?? [];
    } catch (problem) {
      error ??= sentError(problem);
      result = null;
    }
    const chunks = [...(result?.runs ?? []), ...refused].flatMap((run) => run.chunks);
    const handedOver = chunks.map((chunk) => chunk.buffer as ArrayBuffer);
    return { done: { position, log: log.record(), refused, result, error }, handedOver };
  }

  #open(sent: SentSource): ByteSource {
    return (sent.file !== null && this.#engine.fileSource?.(sent.file)) || this.#ports.source(sent);
  }

  async #normalize(order: VendorOrder, log: IssueLog, refusedSkus: SkuList | null): Promise<VendorResult> {
    const { limits, entryLayout, now, runId } = this.#setting;
    const vendor = this.#config.vendors.find(({ vendor_id }) => vendor_id === order.vendorId);
    assert(vendor !== undefined, `vendor ${order.vendorId} is in the config`);
    const feeds: NamedFeed[] = [];
    for (const { file, source: sent } of order.feeds) {
      if (file === null) log.nameFile(order.vendorId, sent.name);
      const source = new LentSource(this.#engine.spoilsLent === true ? spoiling(this.#open(sent)) : this.#open(sent));
      feeds.push({ file, source, feed: await inFile(file, () => this.#plugins.parser(vendor).prepare(source)) });
      source.lends = true;
    }
    const sideFiles = new Map(order.sideFiles.map(([name, source]) => [name, this.#open(source)]));
    const { readSideTable } = this.#engine;
    const shared = { runId, now, config: this.#config, plugins: this.#plugins, entryLayout, limits, readSideTable };
    let told = 0;
    const host = {
      ...{ workspace: this.#workspace, keepsSegment: false, log, misuses: new Misuses(), refusedSkus },
      createOutput: () => this.#ports.createOutput(),
      onBatch: (rows: number) => {
        if (rows >= told + ROWS_BETWEEN) {
          told = rows;
          this.#channel.post({ type: 'rows', rows });
        }
        if (refusedSkus?.isFull) return refusedSkus.spill();
      },
    };
    return normalizeVendor(await makeJob(shared, { vendor, sideFiles, position: order.position, feeds }, host));
  }
}

/** The config of the run, which has checked it, and its plugins. */
export async function boundAgain(
  engine: ThreadEngine,
  rawConfig: unknown,
  limits: EngineLimits,
): Promise<{ config: TenantConfig; plugins: BoundPlugins }> {
  const registry = await engine.registry;
  const checked = checkConfig(rawConfig, registry, ACCEPTED_BEFORE);
  assert(checked.ok, 'the run has checked the config');
  const binding = { limits, waits: new HookWaits(), used: [] };
  return { config: checked.config, plugins: await bindPlugins(checked.config, registry, engine.pricing, binding) };
}

/** For tests: lends chunks and overwrites each once the next one is asked for. */
function spoiling(source: ByteSource): ByteSource {
  return { ...source, open: () => source.open(), lend: () => spoiled(source.lend?.() ?? source.open()) };
}

async function* spoiled(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    const lent = chunk.slice();
    yield lent;
    lent.fill(0xff);
  }
}

function sentResult({ runs, lines, ...counts }: VendorResult): SentResult {
  return { ...counts, runs: runs.map(sentRun), lines: lines?.state() ?? null };
}
