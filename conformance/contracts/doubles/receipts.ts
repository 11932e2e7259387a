/** An artifact store from which receipts cannot be read. */
import type { ReadOptions } from '../../../core/ports/service/objects.ts';
import { MemoryArtifactStore } from './memory-artifacts.ts';

class IgnoresRanges extends MemoryArtifactStore {
  override read(key: string, { range: _, ...options }: ReadOptions = {}) {
    return super.read(key, options);
  }
}

class BeginsOneByteLate extends MemoryArtifactStore {
  override read(key: string, options: ReadOptions = {}) {
    const { range } = options;
    return super.read(key, range === undefined ? options : { ...options, range: { ...range, first: range.first + 1 } });
  }
}

const CASE = 'a SKU of a run is explained by reads of ranges, at most sixty of them';

/** The store, with the case that detects it. */
export const RECEIPT_DOUBLES: Readonly<Record<string, [() => MemoryArtifactStore, string]>> = {
  'ranges are ignored': [() => new IgnoresRanges(), CASE],
  'ranges begin a byte late': [() => new BeginsOneByteLate(), CASE],
};
