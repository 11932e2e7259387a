/** Builds gzip files, ZIP archives and workbooks for tests: valid ones and every kind of broken one. */
import { Buffer } from 'node:buffer';
import zlib from 'node:zlib';

export interface Member {
  name: string | Uint8Array;
  data: string | Uint8Array;
  /** 8 (deflate) by default. With any other number the data is stored uncompressed under it. */
  method?: number;
  flags?: number;
  /** Puts sizes and checksum after the data, and zeros before it. */
  descriptor?: boolean;
  /** Values that the directory claims falsely. */
  claims?: { bytes?: number; crc?: number; name?: string };
  zip64?: boolean;
}

export function zip(members: readonly Member[], options: { comment?: string; zip64?: boolean } = {}): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const data = Buffer.from(member.data);
    const method = member.method ?? 8;
    const packed = method === 8 ? zlib.deflateRawSync(data) : data;
    const name = Buffer.from(member.name);
    const flags = (member.flags ?? 0) | (member.descriptor ? 8 : 0);
    const crc = member.claims?.crc ?? crcOf(data);
    const sizes = (zeros: boolean) => [
      u32(zeros ? 0 : crc),
      u32(zeros ? 0 : packed.length),
      u32(zeros ? 0 : data.length),
    ];
    const local = [
      ...[u32(0x04034b50), u16(20), u16(flags), u16(method), u32(0), ...sizes(member.descriptor === true)],
      ...[u16(name.length), u16(4), name, u16(0xcafe), u16(0), packed],
      ...(member.descriptor ? [u32(0x08074b50), ...sizes(false)] : []),
    ];
    const listed = Buffer.from(member.claims?.name ?? member.name);
    const claimed = member.claims?.bytes ?? data.length;
    const big = member.zip64 === true;
    const extra = big
      ? Buffer.concat([u16(1), u16(24), u64(claimed), u64(packed.length), u64(offset)])
      : Buffer.alloc(0);
    const or = (value: number) => u32(big ? 0xffffffff : value);
    directory.push(
      ...[u32(0x02014b50), u16(20), u16(20), u16(flags), u16(method), u32(0), u32(crc), or(packed.length), or(claimed)],
      ...[u16(listed.length), u16(extra.length), u16(0), u16(0), u16(0), u32(0), or(offset), listed, extra],
    );
    parts.push(...local);
    offset += Buffer.concat(local).length;
  }
  const central = Buffer.concat(directory);
  const n = members.length;
  const end64 = Buffer.concat([
    ...[u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(n), u64(n), u64(central.length), u64(offset)],
    ...[u32(0x07064b50), u32(0), u64(offset + central.length), u32(1)],
  ]);
  const comment = Buffer.from(options.comment ?? '');
  const end = options.zip64
    ? [end64, u32(0x06054b50), u16(0xffff), u16(0xffff), u16(0xffff), u16(0xffff), u32(0xffffffff), u32(0xffffffff)]
    : [u32(0x06054b50), u16(0), u16(0), u16(n), u16(n), u32(central.length), u32(offset)];
  return new Uint8Array(Buffer.concat([...parts, central, ...end, u16(comment.length), comment]));
}

export function gzip(data: string | Uint8Array): Uint8Array {
  return new Uint8Array(zlib.gzipSync(Buffer.from(data)));
}

export interface SheetSpec {
  name: string;
  /** The XML inside `<sheetData>`. */
  rows: string;
  state?: string;
}

export interface WorkbookSpec {
  sheets: readonly SheetSpec[];
  strings?: string;
  /** `<numFmt>` elements, and the format number of each style. */
  formats?: { custom?: string; ids: readonly number[] };
  date1904?: boolean;
  members?: readonly Member[];
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export function workbook(spec: WorkbookSpec): Uint8Array {
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  const relations = (inside: string) =>
    `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inside}</Relationships>`;
  const { formats, strings } = spec;
  const parts: Array<[string, string | null]> = [
    ['[Content_Types].xml', `${XML}<Types/>`],
    ['_rels/.rels', relations(relation('rId1', 'officeDocument', 'xl/workbook.xml'))],
    [
      'xl/workbook.xml',
      `${XML}<x:workbook xmlns:x="main" xmlns:r="${RELATIONS}"><x:workbookPr date1904="${spec.date1904 ? 1 : 0}"/><x:sheets>${spec.sheets
        .map((s, i) => `<x:sheet name="${s.name}" sheetId="${i + 1}" state="${s.state ?? 'visible'}" r:id="s${i}"/>`)
        .join('')}</x:sheets></x:workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      relations(
        spec.sheets.map((_, i) => relation(`s${i}`, 'worksheet', `/xl/worksheets/sheet${i + 1}.xml`)).join('') +
          (strings === undefined ? '' : relation('t', 'sharedStrings', 'sharedStrings.xml')) +
          (formats === undefined ? '' : relation('f', 'styles', '../xl/styles.xml')),
      ),
    ],
    ...spec.sheets.map((s, i): [string, string] => [
      `xl/worksheets/sheet${i + 1}.xml`,
      `${XML}<worksheet xmlns="main"><sheetData>${s.rows}</sheetData></worksheet>`,
    ]),
    ['xl/sharedStrings.xml', strings === undefined ? null : `${XML}<sst xmlns="main">${strings}</sst>`],
    [
      'xl/styles.xml',
      formats === undefined
        ? null
        : `${XML}<styleSheet><numFmts>${formats.custom ?? ''}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${formats.ids
            .map((id) => `<xf numFmtId="${id}"/>`)
            .join('')}</cellXfs></styleSheet>`,
    ],
  ];
  const members = parts.flatMap(([name, data]): Member[] => (data === null ? [] : [{ name, data }]));
  const replaced = (spec.members ?? []).map((member) => member.name);
  return zip([...members.filter((member) => !replaced.includes(member.name)), ...(spec.members ?? [])]);
}

export type SheetCell = string | number;

/** A workbook with one sheet, in which numbers become number cells and strings text cells. */
export function sheetOf(...rows: SheetCell[][]): Uint8Array {
  const cell = (value: SheetCell) =>
    typeof value === 'number' ? `<c><v>${value}</v></c>` : `<c t="str"><v>${value}</v></c>`;
  const xml = rows.map((row, i) => `<row r="${i + 1}">${row.map(cell).join('')}</row>`).join('');
  return workbook({ sheets: [{ name: 'S', rows: xml }] });
}

function u16(value: number): Buffer {
  const out = Buffer.alloc(2);
  out.writeUInt16LE(value);
  return out;
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value >>> 0);
  return out;
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}

/** The checksum by its definition, bit by bit, independent of the code under test. */
function crcOf(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1));
  }
  return (c ^ 0xffffffff) >>> 0;
}
