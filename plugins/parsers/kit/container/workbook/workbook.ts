/** The parts of an XLSX workbook: its sheets, texts and number formats. */
import { RelayError } from '../../../../../core/errors.ts';
import type { ByteSource } from '../../../../../core/ports/engine.ts';
import { didYouMean } from '../../../../../core/text/suggest.ts';
import { damaged } from '../inflate.ts';
import type { ContainerLimits } from '../limits.ts';
import { readXml, streamXml } from '../xml/xml.ts';
import { memberList, memberSource } from '../zip/zip.ts';
import type { ZipEntry } from '../zip/zip-directory.ts';
import { formatOf, type NumberFormat } from './number-format.ts';
import { NO_STRINGS, readSharedStrings, type SharedStrings } from './shared-strings.ts';

const STYLES_MAX = 100_000;
const SHEETS_MAX = 10_000;
const RELATIONS_MAX = 20_000;
/** The longest path in a relation: archives have no longer names. */
const TARGET_CHARS_MAX = 1_024;
/** Spreadsheets write at most 255. */
const FORMAT_CHARS_MAX = 1_000;
/** All number formats of a workbook together: each is kept as a list of its characters. */
const FORMATS_CHARS_MAX = 1_000_000;

export interface SheetInfo {
  name: string;
  hidden: boolean;
  part: string;
}

/** True if the archive is an office document, not an archive of tables. */
export function isOfficeDocument(entries: readonly ZipEntry[]): boolean {
  return entries.some((entry) => entry.name === '[Content_Types].xml' || entry.name === 'mimetype');
}

export class Workbook {
  readonly sheets: readonly SheetInfo[];
  readonly date1904: boolean;
  readonly #parts: WorkbookParts;
  readonly #strings: string | null;
  readonly #styles: string | null;
  /**
   * The texts that were read last. A sheet is opened several times while its parser settles how to read it, and then waits for
   * its turn: meanwhile they may go.
   */
  #lastStrings: WeakRef<SharedStrings> | null = null;

  private constructor(parts: WorkbookParts, relations: Relations, found: { sheets: FoundSheet[]; date1904: boolean }) {
    this.#parts = parts;
    this.date1904 = found.date1904;
    this.#strings = relations.ofType('sharedStrings');
    this.#styles = relations.ofType('styles');
    // chart sheets have no cells
    this.sheets = found.sheets.flatMap(({ name, hidden, id }) => {
      const relation = relations.byId(id);
      return relation?.type === 'worksheet' ? [{ name, hidden, part: relation.target }] : [];
    });
  }

  static async open(archive: ByteSource, entries: readonly ZipEntry[], limits: ContainerLimits): Promise<Workbook> {
    const parts = new WorkbookParts(archive, entries, limits);
    const path = parts.has('_rels/.rels') ? (await readRelations(parts, '')).ofType('officeDocument') : null;
    if (path === null || !/(^|\/)workbook\d*\.xml$/i.test(path)) throw notAWorkbook(archive.name, path, entries);
    const relations = await readRelations(parts, path);
    return new Workbook(parts, relations, await readSheets(parts.get(path)));
  }

  /** The named sheet, or else the first that is not hidden. */
  choose(wanted: string | null): SheetInfo {
    const { name } = this.#parts.archive;
    const visible = this.sheets.filter((sheet) => !sheet.hidden);
    const names = memberList(this.sheets.map((sheet) => sheet.name));
    if (wanted === null) {
      const [first] = visible;
      if (first !== undefined) return first;
      throw new RelayError('invalid_input', `${name} has no visible sheet with cells; it has ${names}`);
    }
    const folded = wanted.trim().toLowerCase();
    const found =
      this.sheets.find((sheet) => sheet.name === wanted) ??
      this.sheets.find((sheet) => sheet.name.trim().toLowerCase() === folded);
    if (found !== undefined) return found;
    const near = didYouMean(
      wanted,
      this.sheets.map((sheet) => sheet.name),
    );
    throw new RelayError('invalid_input', `${name} has no sheet ${JSON.stringify(wanted)}${near}; it has ${names}`);
  }

  part(sheet: SheetInfo): ByteSource {
    return this.#parts.get(sheet.part);
  }

  /**
   * True if a cell of the sheet has a value or a formula, even if the sheet is damaged. Reads no further than the first
   * such cell.
   */
  async hasCells(sheet: SheetInfo): Promise<boolean> {
    let found = false;
    const open = (name: string) => {
      if (name === 'v' || name === 'f' || name === 'is') found = true;
    };
    try {
      for await (const _ of streamXml(this.part(sheet), { open })) {
        if (found) break;
      }
    } catch (error) {
      if (!(error instanceof RelayError) || error.recovery === 'retry') throw error;
      return true;
    }
    return found;
  }

  async strings(): Promise<SharedStrings> {
    if (this.#strings === null) return NO_STRINGS;
    const last = this.#lastStrings?.deref();
    if (last !== undefined) return last;
    const strings = await readSharedStrings(this.#parts.get(this.#strings), this.#parts.limits);
    this.#lastStrings = new WeakRef(strings);
    return strings;
  }

  /** The number formats by the index of a cell's style; null shows values as they are. */
  async formats(): Promise<ReadonlyArray<NumberFormat | null>> {
    return this.#styles === null ? [] : readFormats(this.#parts.get(this.#styles));
  }
}

/** The archive's members by name; case does not matter. */
class WorkbookParts {
  readonly archive: ByteSource;
  readonly limits: ContainerLimits;
  readonly #entries: ReadonlyMap<string, readonly ZipEntry[]>;

  constructor(archive: ByteSource, entries: readonly ZipEntry[], limits: ContainerLimits) {
    this.archive = archive;
    this.limits = limits;
    const byName = new Map<string, ZipEntry[]>();
    for (const entry of entries) {
      const name = entry.name.toLowerCase();
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [entry]);
      else same.push(entry);
    }
    this.#entries = byName;
  }

  has(path: string): boolean {
    return this.#entries.has(path.toLowerCase());
  }

  get(path: string): ByteSource {
    const [found, other] = this.#entries.get(path.toLowerCase()) ?? [];
    if (found === undefined || other !== undefined) {
      throw damaged(this.archive.name, `it has ${found === undefined ? 'no' : 'more than one'} part ${path}`);
    }
    const source = memberSource(this.archive, found, this.limits);
    return { ...source, open: source.open, name: `${this.archive.name} (${path})` };
  }
}

class Relations {
  readonly #byId = new Map<string, { type: string; target: string }>();
  readonly #byType = new Map<string, string>();
  /** How many there are. */
  count = 0;

  add(id: string, type: string, target: string): void {
    const kind = type.slice(type.lastIndexOf('/') + 1);
    this.count++;
    if (!this.#byId.has(id)) this.#byId.set(id, { type: kind, target });
    if (!this.#byType.has(kind)) this.#byType.set(kind, target);
  }

  byId(id: string): { type: string; target: string } | undefined {
    return this.#byId.get(id);
  }

  ofType(type: string): string | null {
    return this.#byType.get(type) ?? null;
  }
}

/** The relations of a part; of the whole archive for `''`. */
async function readRelations(parts: WorkbookParts, path: string): Promise<Relations> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const relations = new Relations();
  const part = parts.get(`${folder}_rels/${path.slice(folder.length)}.rels`);
  await readXml(part, {
    open: (name, attributes) => {
      const target = attributes.get('Target');
      if (name !== 'Relationship' || target === undefined || attributes.get('TargetMode') === 'External') return;
      if (target.length > TARGET_CHARS_MAX) throw damaged(part.name, 'it names a part by a text too long for a path');
      if (relations.count === RELATIONS_MAX) throw damaged(part.name, `it has more than ${RELATIONS_MAX} relations`);
      relations.add(attributes.get('Id') ?? '', attributes.get('Type') ?? '', resolved(folder, target));
    },
  });
  return relations;
}

/** A target relative to the folder of the part that names it, or from the root. */
function resolved(folder: string, target: string): string {
  const steps = (target.startsWith('/') ? target : folder + target).split('/');
  const out: string[] = [];
  for (const step of steps) {
    if (step === '..') out.pop();
    else if (step !== '' && step !== '.') out.push(step);
  }
  return out.join('/');
}

interface FoundSheet {
  name: string;
  hidden: boolean;
  id: string;
}

async function readSheets(part: ByteSource): Promise<{ sheets: FoundSheet[]; date1904: boolean }> {
  const sheets: FoundSheet[] = [];
  let date1904 = false;
  await readXml(part, {
    open: (name, attributes) => {
      if (name === 'workbookPr') date1904 = /^(1|true|on)$/.test(attributes.get('date1904') ?? '');
      if (name !== 'sheet') return;
      if (sheets.length === SHEETS_MAX) throw damaged(part.name, `it has more than ${SHEETS_MAX} sheets`);
      sheets.push({
        name: attributes.get('name') ?? '',
        hidden: /hidden/i.test(attributes.get('state') ?? ''),
        id: attributes.prefixed('id') ?? '',
      });
    },
  });
  return { sheets, date1904 };
}

async function readFormats(part: ByteSource): Promise<Array<NumberFormat | null>> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let chars = 0;
  let inCellStyles = false;
  await readXml(part, {
    open: (name, attributes) => {
      const id = Number(attributes.get('numFmtId') ?? 0);
      if (name === 'numFmt') {
        const code = attributes.get('formatCode') ?? '';
        codes.set(id, code);
        chars += code.length;
        if (code.length > FORMAT_CHARS_MAX || chars > FORMATS_CHARS_MAX) {
          const message = `${part.name} has a number format of more than ${FORMAT_CHARS_MAX} characters, or formats of more than ${FORMATS_CHARS_MAX}; a spreadsheet writes at most 255 for one`;
          throw new RelayError('INPUT_TOO_LARGE', message);
        }
      }
      if (name === 'cellXfs') inCellStyles = true;
      if (name === 'xf' && inCellStyles) ids.push(id);
      if (ids.length + codes.size > STYLES_MAX) throw damaged(part.name, `it has more than ${STYLES_MAX} styles`);
    },
    close: (name) => {
      if (name === 'cellXfs') inCellStyles = false;
    },
  });
  const formats = new Map<number, NumberFormat | null>();
  return ids.map((id) => {
    const format = formats.has(id) ? (formats.get(id) ?? null) : formatOf(id, codes.get(id));
    formats.set(id, format);
    return format;
  });
}

function notAWorkbook(name: string, path: string | null, entries: readonly ZipEntry[]): RelayError {
  const has = (pattern: RegExp) => pattern.test(path ?? '') || entries.some((entry) => pattern.test(entry.name));
  let what = 'an office document without a workbook in it';
  if (has(/workbook\.bin$/i)) what = 'a binary workbook (.xlsb)';
  else if (has(/^word\//i)) what = 'a text document (.docx)';
  else if (has(/^ppt\//i)) what = 'a presentation (.pptx)';
  else if (has(/^content\.xml$/i)) what = 'an OpenDocument file (.ods)';
  return new RelayError('invalid_input', `${name} is ${what}; save the sheet as .xlsx or CSV`);
}
