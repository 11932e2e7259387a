/** A thread's end: merges ranges of SKUs as long as some are left, with the code that a run without threads uses. */
import { sentError } from '../../../errors.ts';
import { Kernels } from '../../../kernel/kernels.ts';
import type { ByteSink, EngineLimits, ScratchFile } from '../../../ports/engine.ts';
import type { ThreadChannel } from '../../../ports/threads.ts';
import { RemotePorts, type RemoteScratchFile } from '../../normalize/threads/remote-ports.ts';
import { boundAgain, type ThreadEnd, type ThreadEngine } from '../../normalize/threads/vendor-thread.ts';
import { PageStarts } from '../../sort/page-starts.ts';
import { SortedRun } from '../../sort/sorted-run.ts';
import { mergeWindowsBytes } from '../../sort/sorted-run-merge.ts';
import { type MergeSetting, mergeRange, type RangeResult } from '../merge-range.ts';
import { mergeSetting } from '../merge-setting.ts';
import { claimsOne, lastUnclaimed, rangeOf } from './claims.ts';
import type { FromMergeThread, MergedRange, MergeOrder, RangesOrder, ToMergeThread } from './messages.ts';
import { TwinLog } from './twin-log.ts';

/** Takes the messages of the run at the other end of the channel until that ends the thread. */
export function mergeThread(channel: ThreadChannel, engine: ThreadEngine): (message: ToMergeThread) => void {
  const ports = new RemotePorts(channel, engine.files ?? null);
  return (to) => {
    if (to.type === 'answer') ports.answered(to);
    else void new RangeWorker({ channel, ports, engine }, to.order).work();
  };
}

class RangeWorker {
  readonly #end: ThreadEnd;
  readonly #order: RangesOrder;
  readonly #runs: readonly SortedRun[];
  #rows = 0;

  constructor(end: ThreadEnd, order: RangesOrder) {
    this.#end = end;
    this.#order = order;
    this.#runs = runsOf(end, order);
  }

  /** Never throws; ends at the first range that fails. */
  async work(): Promise<void> {
    const { claims, cut } = this.#order;
    const ranges = cut.passed.length;
    let tools: { setting: MergeSetting; file: RemoteScratchFile } | null = null;
    let at = 0;
    while (claimsOne(claims, ranges)) {
      const range = lastUnclaimed(claims);
      const pages = new PageStarts(cut.passed[range] ?? []);
      const pieces: number[] = [];
      let result: RangeResult | null = null;
      let error: MergedRange['error'] = null;
      try {
        tools ??= { setting: await settingOf(this.#end, this.#order), file: await this.#end.ports.create() };
        result = await this.#merge(range, tools.setting, { pages, out: new PieceWriter(tools.file, pieces) });
      } catch (problem) {
        error = sentError(problem);
      }
      const merged = { range, at, pieces, result, pages: pages.state(), error, file: tools?.file.id ?? 0 };
      this.#post({ type: 'range', merged });
      if (error !== null) return;
      at += pieces.reduce((sum, piece) => sum + Math.abs(piece), 0);
    }
  }

  async #merge(
    range: number,
    setting: MergeSetting,
    { pages, out }: { pages: PageStarts; out: PieceWriter },
  ): Promise<RangeResult> {
    const { cut, claims, hasTwins, hasSmallSkus } = this.#order;
    const twins = hasTwins ? new TwinLog(hasSmallSkus, claims) : null;
    const before = this.#rows;
    return mergeRange(
      out,
      {
        ...{ runs: rangeOf(this.#runs, cut, range), isFirst: range === 0, pages, twins },
        onProgress: (rows) => {
          this.#rows = before + rows;
          this.#post({ type: 'progress', rows: this.#rows });
          if (twins !== null) return out.writeLog(twins.take());
        },
      },
      setting,
    );
  }

  #post(message: FromMergeThread): void {
    this.#end.channel.post(message);
  }
}

/** The runs of an order, in its thread. */
export function runsOf({ ports }: ThreadEnd, { runs }: MergeOrder): SortedRun[] {
  return runs.map(({ owner, bytes, chunks, file }) => {
    return new SortedRun(owner, bytes, chunks, file === null ? null : ports.fileOf(file.id, file.own));
  });
}

/** How the order's thread merges. */
export async function settingOf({ engine }: ThreadEnd, order: MergeOrder): Promise<MergeSetting> {
  const { rawConfig, facts, layout, limits, runs } = order;
  const { config, plugins } = await boundAgain(engine, rawConfig, limits);
  const kernel = mergeKernels(limits).forFeed(runs.reduce((sum, { bytes }) => sum + bytes, 0));
  return { ...mergeSetting(config, plugins, facts, { layout, limits }), kernel };
}

/** A kernel that merges only. */
function mergeKernels({ kernelFromBytes, mergeBytes }: EngineLimits): Kernels {
  const none = { windowBytes: 0, arenaBytes: 0, rowsMax: 0, linesBytes: 0, entriesBytes: 0, sourceWords: 0 };
  return new Kernels({ ...none, fromBytes: kernelFromBytes, mergeBytes: mergeWindowsBytes(mergeBytes) });
}

/** Writes to a scratch file, and notes how much each time. */
class PieceWriter implements ByteSink {
  readonly #file: ScratchFile;
  readonly #pieces: number[];

  constructor(file: ScratchFile, pieces: number[]) {
    this.#file = file;
    this.#pieces = pieces;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    return this.#write(bytes, bytes.length);
  }

  writeLog(bytes: Uint8Array): void | Promise<void> {
    return this.#write(bytes, -bytes.length);
  }

  #write(bytes: Uint8Array, piece: number): void | Promise<void> {
    if (piece === 0) return;
    this.#pieces.push(piece);
    return this.#file.write(bytes);
  }

  close(): void {}

  abort(): void {}
}
