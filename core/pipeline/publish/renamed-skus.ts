/**
 * Notices that SKUs came back as new ones with another form, such as `ACM-1001` as `1001`: a vendor puts a prefix before them, or leaves it
 * out. They have vanished, or others offer them still. Each SKU has a core, its longest number or else its longest word. Of the gone and of
 * the new SKUs those are kept whose core has the lowest hash, so that both samples have the same cores, and memory is bounded.
 */
import { toText } from '../../bytes/text.ts';
import { EXAMPLES_MAX } from '../../notices/notices.ts';
import { printableCell } from '../../text/printable.ts';

/** SKUs of each sample. */
const SAMPLE_SKUS = 400;
/** A shorter number or word is no core. */
const CORE_BYTES_MIN = 3;
/** New SKUs with the same core that a vanished one is compared with. */
const RIVALS_MAX = 4;
/** So many SKUs, and half of the vanished ones of the sample, and it is said. */
const SKUS_MIN = 3;
/** Of SKUs whose part is another one, rather than gone or new: numbers of two families may be the same. */
const OTHER_SKUS_MIN = 10;
const OTHER_SHARE_MIN = 0.9;
const SHOWN_CHARS = 40;

interface Sampled {
  hash: number;
  sku: string;
  /** In small letters. */
  core: string;
  before: string;
  after: string;
}

interface Renaming {
  count: number;
  /** True if a part is gone or new. */
  isAffix: boolean;
  examples: string[];
}

export class RenamedSkus {
  readonly #gone = new CoreSample();
  readonly #fresh = new CoreSample();

  /** A published SKU that the candidate lacks, or that one of its vendors no longer offers. */
  gone(sku: Uint8Array, from: number, to: number): void {
    this.#gone.add(sku, from, to);
  }

  /** A SKU of the candidate that was not published. */
  fresh(sku: Uint8Array, from: number, to: number): void {
    this.#fresh.add(sku, from, to);
  }

  /** As `number:examples`; null if there is nothing to say. */
  detail(): string | null {
    const below = Math.min(this.#gone.hashesBelow, this.#fresh.hashesBelow);
    const gone = this.#gone.below(below);
    const fresh = new Map<string, Sampled[]>();
    for (const one of this.#fresh.below(below)) {
      const same = fresh.get(one.core);
      if (same === undefined) fresh.set(one.core, [one]);
      else if (same.length < RIVALS_MAX) same.push(one);
    }
    const changes = new Map<string, Renaming>();
    for (const one of gone) {
      const met = new Set<string>();
      for (const other of fresh.get(one.core) ?? []) {
        const { key, isAffix } = renamingOf(one, other);
        if (met.has(key)) continue;
        met.add(key);
        const change = changes.get(key) ?? { count: 0, isAffix, examples: [] };
        changes.set(key, change);
        change.count++;
        if (change.examples.length < EXAMPLES_MAX) change.examples.push(`${shown(one)} is now ${shown(other)}`);
      }
    }
    const [most] = [...changes.values()].sort((a, b) => b.count - a.count);
    if (most === undefined) return null;
    const { count, isAffix, examples } = most;
    const isMeant = isAffix
      ? count >= SKUS_MIN && 2 * count >= gone.length
      : count >= OTHER_SKUS_MIN && count >= OTHER_SHARE_MIN * gone.length;
    return isMeant ? `${count}:${examples.join('; ')}` : null;
  }
}

/** Keeps the SKUs whose cores have the lowest hashes. */
class CoreSample {
  hashesBelow = 2 ** 32;
  #kept: Sampled[] = [];

  add(sku: Uint8Array, from: number, to: number): void {
    const core = coreOf(sku, from, to);
    if (core === null) return;
    const hash = hashOf(sku, core.from, core.to);
    if (hash >= this.hashesBelow) return;
    this.#kept.push({
      hash,
      sku: toText(sku, from, to),
      core: toText(sku, core.from, core.to).toLowerCase(),
      before: toText(sku, from, core.from),
      after: toText(sku, core.to, to),
    });
    if (this.#kept.length < 2 * SAMPLE_SKUS) return;
    this.#kept.sort((a, b) => a.hash - b.hash);
    this.hashesBelow = this.#kept[SAMPLE_SKUS]?.hash ?? 0;
    // SKUs that all have one core are not compared
    this.#kept = this.below(this.hashesBelow);
  }

  below(hash: number): Sampled[] {
    return this.#kept.filter((one) => one.hash < hash);
  }
}

/** Where the core is: the last of the longest numbers, without leading zeros, or the last of the longest words. */
function coreOf(sku: Uint8Array, from: number, to: number): { from: number; to: number } | null {
  return longestRun(sku, { from, to, isIn: isDigit }) ?? longestRun(sku, { from, to, isIn: isInWord });
}

function longestRun(
  sku: Uint8Array,
  { from, to, isIn }: { from: number; to: number; isIn: (byte: number) => boolean },
): { from: number; to: number } | null {
  let best = { from, to: from };
  let start = from;
  for (let at = from; at <= to; at++) {
    if (at < to && isIn(sku[at] ?? 0)) continue;
    let first = start;
    while (first < at - 1 && sku[first] === 0x30) first++;
    if (at - first >= CORE_BYTES_MIN && at - first >= best.to - best.from) best = { from: first, to: at };
    start = at + 1;
  }
  return best.from < best.to ? best : null;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isInWord = (byte: number): boolean =>
  byte >= 0x80 || isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);

/** FNV-1a of the core in small letters, stirred: its lowest values must be spread. */
function hashOf(sku: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) {
    const byte = sku[at] ?? 0;
    hash = Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** What became of the parts around the core, without what both have in common. */
function renamingOf(gone: Sampled, fresh: Sampled): { key: string; isAffix: boolean } {
  const before = changed(gone.before, fresh.before);
  const after = changed(gone.after, fresh.after);
  return { key: JSON.stringify([before, after]), isAffix: before.isAffix && after.isAffix };
}

interface ChangedPart {
  gone: string;
  fresh: string;
  isAffix: boolean;
}

function changed(gone: string, fresh: string): ChangedPart {
  if (gone.toLowerCase() === fresh.toLowerCase())
    return gone === fresh ? { gone: '', fresh: '', isAffix: true } : { gone: 'a', fresh: 'A', isAffix: true };
  // padded to a length, so the number of zeros varies
  if (/^0*$/.test(gone) && /^0*$/.test(fresh))
    return gone.length > fresh.length
      ? { gone: '0', fresh: '', isAffix: true }
      : { gone: '', fresh: '0', isAffix: true };
  let start = 0;
  while (start < Math.min(gone.length, fresh.length) && gone[start] === fresh[start]) start++;
  let end = 0;
  const most = Math.min(gone.length, fresh.length) - start;
  while (end < most && gone[gone.length - 1 - end] === fresh[fresh.length - 1 - end]) end++;
  const parts = { gone: gone.slice(start, gone.length - end), fresh: fresh.slice(start, fresh.length - end) };
  return { ...parts, isAffix: parts.gone === '' || parts.fresh === '' };
}

const shown = ({ sku }: Sampled): string => printableCell(sku, SHOWN_CHARS);
