/**
 * Finds files in a vendor's folder that are not feeds: still in transfer, backups, locks, markers, digests, images.
 * Looks at names only, so that the result does not depend on the moment.
 */

import type { FeedFilter, PassedOver } from '../../ports/engine.ts';
import { printable } from '../../text/printable.ts';

/** How many passed-over files a report names. */
const NAMED_MAX = 5;

type NameRule = readonly [reason: string, test: (name: string) => boolean];

/** The reason for files still in transfer; the run also warns of these. */
export const IN_TRANSFER = 'still in transfer';

const endsWithAny = (endings: string) => {
  const list = endings.split(' ');
  return (name: string) => list.some((ending) => name.endsWith(ending));
};

const isAny = (names: string) => {
  const set = new Set(names.split(' '));
  return (name: string) => set.has(name);
};

/** Names are lower case. The first rule that matches gives the reason. */
const NAME_RULES: readonly NameRule[] = [
  ['a lock file', (name) => name.startsWith('~$')],
  ['a hidden file', (name) => name.startsWith('.')],
  ['a system file', isAny('thumbs.db ehthumbs.db ehthumbs_vista.db desktop.ini icon\r')],
  ['a marker', isAny('_success _temporary _committed _started _metadata _common_metadata manifest manifest.json')],
  ['a marker', (name) => name.endsWith('_$folder$') || /^_(committed|started)_\d+$/.test(name)],
  ['a note', (name) => /^(readme|read_me|liesmich|lisezmoi|leeme|licen[cs]e)(\.(txt|md|rst|html?))?$/.test(name)],
  [
    IN_TRANSFER,
    endsWithAny(
      '.part .partial .filepart .rsync-partial .dwnldpart .tmp .~tmp .temp .crdownload .download .opdownload .upload .uploading .incomplete .inprogress .in-progress .writing .aria2 .lftp-pget-status .!ut .bc!',
    ),
  ],
  ['a temporary file', (name) => name.startsWith('~')],
  ['a backup', (name) => /^#.*#$/.test(name)],
  ['a backup', endsWithAny('~ .bak .bkp .backup .orig .old .save .sav .wbk .xlk .swp .swo .swn .kate-swp')],
  ['a lock file', endsWithAny('.lock .lck')],
  ['a marker', endsWithAny('.done .ok .ready .complete .finished .trigger .trg .sem .flag .flg .ctl .eof')],
  [
    'a digest or signature',
    endsWithAny(
      '.md5 .sha .sha1 .sha224 .sha256 .sha384 .sha512 .b2 .b3 .blake2b .blake3 .crc .crc32 .crc32c .crc64 .sfv .md5sum .sha1sum .sha256sum .sha512sum .asc .sig .sign .minisig',
    ),
  ],
  ['a digest or signature', isAny('md5sums sha1sums sha256sums sha512sums checksums checksums.txt manifest.checksum')],
  ['a digest or signature', (name) => /\.(md5|sha1|sha256|sha512|crc32)(sum)?\.txt$/.test(name)],
  ['an image', endsWithAny('.png .jpg .jpeg .gif .webp .bmp .tif .tiff .heic .svg .ico')],
  ['a document', endsWithAny('.pdf .doc .docx .ppt .pptx .eml .msg')],
  ['a log', endsWithAny('.log .err')],
  ['a shortcut', endsWithAny('.lnk .url .webloc .desktop')],
];

/** Where feeds are moved to once they are read or replaced: a copy there is newer than the feed that it was. */
const BACKUP_FOLDERS = new Set(['archive', 'archived', 'archives', 'backup', 'backups', 'bak', 'old', 'trash']);

/** Folders that operating systems and other programs create; everything below them is passed over. */
const SYSTEM_FOLDERS = new Set(
  '__macosx|@eadir|$recycle.bin|system volume information|lost+found|_temporary'.split('|'),
);

const FOLDER = 'a folder';

/** Stores refuse to read keys of any other form (`stores/object-key.ts`). */
function isReadable(parts: readonly string[]): boolean {
  return parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part));
}

/** Why a file is not a feed; null if it may be one. `path`: below the vendor's folder, with `/`. */
export function whyNotAFeed(path: string): string | null {
  const parts = path.split('/');
  // biome-ignore lint/style/noNonNullAssertion: splitting gives at least one part, a match at least one character
  const name = parts.at(-1)!.toLowerCase();
  if (name === '') return FOLDER;
  if (!isReadable(parts))
    return 'a key that cannot be read: upload it again without backslashes, double slashes or dot folders';
  for (const folder of parts.slice(0, -1)) {
    if (folder.startsWith('.')) return 'in a hidden folder';
    const lower = folder.toLowerCase();
    if (SYSTEM_FOLDERS.has(lower)) return 'in a system folder';
    if (BACKUP_FOLDERS.has(lower)) return 'in a folder of backups';
    if (lower === 'tmp' || lower === 'temp') return 'in a temporary folder';
  }
  return NAME_RULES.find(([, test]) => test(name))?.[0] ?? null;
}

/** Separates a vendor's feeds from other files, and records what it passed over. */
export class FeedNames implements FeedFilter {
  readonly #wantsAll: boolean;
  #files: PassedOver[] = [];

  /** `match`: the name pattern of the config, if any. A pattern such as `*.bak` asks for such files, so they count. */
  constructor(match: string | null = null) {
    this.#wantsAll = match !== null && whyNotAFeed(match) !== null;
  }

  /** Null if the file may be a feed. */
  whyNot(path: string): string | null {
    const reason = whyNotAFeed(path);
    return this.#wantsAll && isReadable(path.split('/')) ? null : reason;
  }

  isFeed(path: string): boolean {
    const reason = this.whyNot(path);
    if (reason === null) return true;
    const isNew = reason !== FOLDER && !this.#files.some(({ name }) => name === path);
    if (isNew && this.#files.length < NAMED_MAX) this.#files.push({ name: path, reason });
    return false;
  }

  restore(passedOver: readonly PassedOver[]): void {
    this.#files = [...passedOver];
  }

  /** The first few. */
  get passedOver(): readonly PassedOver[] {
    return this.#files;
  }
}

/** `; passed over: stock.csv.part (still in transfer), …`, or nothing. */
export function passedOverText(passedOver: readonly PassedOver[]): string {
  if (passedOver.length === 0) return '';
  return `; passed over: ${passedOver.map(({ name, reason }) => `${printable(name)} (${reason})`).join(', ')}`;
}
