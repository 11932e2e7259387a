/** Recognizes files in formats that Relay does not read by their first bytes, and names the format in the error. */
import { RelayError } from '../../../../core/errors.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { documentOf } from './documents.ts';

interface Format {
  bytes: readonly number[];
  at?: number;
  what: string;
}

const OLD_EXCEL = 'an old Excel file (.xls); save it as .xlsx or CSV';
const OLD_OFFICE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/** How far to look for the directory of an old office file. */
const OLD_OFFICE_BYTES = 1 << 20;

/** The first bytes of worksheets of Excel 2 to 95, which have no container. */
const BARE_SHEETS = [
  [0, 4],
  [2, 6],
  [4, 6],
  [8, 8],
  [8, 16],
] as const;

const FORMATS: readonly Format[] = [
  ...BARE_SHEETS.map(([version, size]) => ({ bytes: [9, version, size, 0], what: OLD_EXCEL })),
  { bytes: ascii('%PDF-'), what: 'a PDF; export the table as CSV' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], what: 'a 7-Zip archive; send the table itself, or a ZIP' },
  { bytes: [...ascii('Rar!'), 0x1a, 7], what: 'a RAR archive; send the table itself, or a ZIP' },
  { bytes: [0xfd, ...ascii('7zXZ'), 0], what: 'compressed with xz; send it uncompressed, or as gzip' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'compressed with Zstandard; send it uncompressed, or as gzip' },
  { bytes: [0x04, 0x22, 0x4d, 0x18], what: 'compressed with LZ4; send it uncompressed, or as gzip' },
  { bytes: [0x1f, 0x9d], what: 'compressed with compress (.Z); send it uncompressed, or as gzip' },
  { bytes: ascii('-----BEGIN PGP MESSAGE-----'), what: 'encrypted with PGP; send it unencrypted' },
  { bytes: ascii('Salted__'), what: 'encrypted with OpenSSL; send it unencrypted' },
  {
    bytes: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
    at: 4,
    what: 'compressed with bzip2; send it uncompressed, or as gzip',
  },
  { bytes: [...ascii('ustar')], at: 257, what: 'a tar archive; send the table itself, or a ZIP' },
  { bytes: ascii('PAR1'), what: 'a Parquet file; export the table as CSV' },
  { bytes: [...ascii('Obj'), 1], what: 'an Avro file; export the table as CSV' },
  { bytes: [...ascii('ARROW1'), 0, 0], what: 'an Arrow file; export the table as CSV' },
  { bytes: [0x89, ...ascii('HDF')], what: 'an HDF5 file; export the table as CSV' },
  { bytes: [...ascii('SQLite format 3'), 0], what: 'a database; export the table as CSV' },
  { bytes: [0x89, ...ascii('PNG')], what: 'an image' },
  { bytes: [0xff, 0xd8, 0xff], what: 'an image' },
  { bytes: [...ascii('GIF8')], what: 'an image' },
  { bytes: [0x7f, ...ascii('ELF')], what: 'a program' },
];

/** `head` is the start of the file. Throws `invalid_input`. */
export async function refuseFormat(source: ByteSource, head: Uint8Array): Promise<void> {
  const found = FORMATS.find(({ bytes, at = 0 }) => bytes.every((byte, i) => head[at + i] === byte));
  if (found !== undefined) throw refusal(source.name, found.what);
  if (!OLD_OFFICE.every((byte, i) => head[i] === byte)) return;
  const what = (await isEncrypted(source)) ? 'a workbook with a password; save it without one' : OLD_EXCEL;
  throw refusal(source.name, what);
}

/** Refuses HTML, XML and other documents in text. Throws `invalid_input`. */
export function refuseDocument(name: string, head: Uint8Array): void {
  const found = documentOf(String.fromCharCode(...head));
  if (found !== null) throw refusal(name, found);
}

function refusal(name: string, format: string): RelayError {
  return new RelayError('invalid_input', `${name} is ${format}`, { details: { format } });
}

/** A workbook with a password is an old office file with a stream of this name. */
async function isEncrypted(source: ByteSource): Promise<boolean> {
  let text = '';
  for await (const chunk of source.open()) {
    for (const byte of chunk) if (byte !== 0) text += String.fromCharCode(byte);
    if (text.includes('EncryptedPackage')) return true;
    if (text.length > OLD_OFFICE_BYTES) return false;
  }
  return false;
}

function ascii(text: string): number[] {
  return Array.from(text, (c) => c.charCodeAt(0));
}
