/** Which starts of files are documents and which may be tables: each pattern at both of its sides; and the first bytes of other formats. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../../core/errors.ts';
import { documentOf } from './documents.ts';
import { refuseFormat } from './foreign-formats.ts';

/** The kind that the message names. */
const kindOf = (head: string): string | null => documentOf(head)?.replace(/[;,].*/, '') ?? null;

const HTML_TAGS =
  'html head body table meta style script title link base div center font tr td th p br hr pre form h1 h6'.split(' ');

test('documents are known by their first characters', () => {
  for (const [kind, starts] of [
    ['JSON', ['{"a":1}', '{ "a"', '{\n\t"a"', '{}', '{{', '["a"]', '[ {', '[[', '[]', '[\n"']],
    ['a text document (RTF)', ['{\\rtf1', '{\\rtf']],
    ['a PDF', ['%PDF-1.4', '%PDF-']],
    ['a print file (PostScript)', ['%!PS-Adobe', '%!PS']],
    [
      'a SYLK file',
      [
        'ID;PWXL\r\nP;PG',
        'ID;P\nC;Y1',
        'ID;PX\nB;',
        'ID;PX\nF;',
        'ID;PX\nO;',
        'ID;PX\nNN;',
        `ID;P${'x'.repeat(40)}\nP;`,
      ],
    ],
    ['a DIF file', ['TABLE\r\n0,1\r\n"', 'TABLE\n0,1\n']],
    [
      'HTML',
      [
        ...HTML_TAGS.flatMap((tag) => [`<${tag}>`, `<${tag.toUpperCase()} a="b">`, `<${tag}/>`]),
        ...['<!DOCTYPE html>', '<!doctype  HTML', '<!DOCTYPE\nhtml>', '<p>a, b', '<td>"a";b'],
        ...['<?xml version="1.0"?><!DOCTYPE html>', '<?xml?><html>', '<?xml?><HTML lang="x">'],
      ],
    ],
    [
      'an XML spreadsheet of Excel 2003',
      ['<?xml?><?mso-application progid="Excel.Sheet"?>', '<W xmlns="urn:schemas-microsoft-com:office:spreadsheet">'],
    ],
    ['an OpenDocument file in XML', ['<?xml?><o xmlns="urn:oasis:names:tc:opendocument:xmlns">']],
    [
      'XML',
      [
        '<?xml version="1.0"?>',
        '<!doctype feed>',
        '<rows>',
        '<rows a="b">',
        '<a/>',
        '<_x>',
        '<a:b.c-d>',
        '<rows>\n<row>',
        '<rows >',
      ],
    ],
    [
      'SQL',
      [
        'INSERT INTO x',
        'insert ignore into x',
        'CREATE TABLE x',
        'create database x',
        'create schema x',
        'DROP TABLE x',
        'drop  database x',
        ' insert\tinto\tx',
      ],
    ],
    [
      'a web archive (MHTML) or mail',
      [
        'MIME-Version: 1.0',
        'content-type: text/html',
        'From: a\r\nContent-Type: x',
        'X-A: b\n goes on\n\tand on\nMIME-Version: 1',
      ],
    ],
  ] as const) {
    for (const start of starts) {
      for (const before of [
        '',
        '\ufeff',
        '\u00ef\u00bb\u00bf',
        '\u00ff\u00fe',
        ' \r\n\t',
        '<!-- a -->',
        '<!-- a -->\n <!--b-->\t',
      ]) {
        assert.is(kindOf(before + start), kind, JSON.stringify(before + start));
      }
      assert.is(kindOf([...start].join('\0')), kind);
    }
  }
  assert.is(kindOf('<!-- it never ends'), 'XML');
  assert.is(kindOf('<!-- a --> <!-- never ends <a>'), 'XML');
});

test('tables that begin like documents are tables', () => {
  for (const start of [
    ...[
      '',
      'sku,qty',
      '{a},b',
      '{',
      '[a],b',
      '[1',
      'x{"a"',
      'x["a"',
      '{\\rt',
      '\\{\\rtf',
      'x{\\rtf',
      '%PDF',
      'x%PDF-',
      '%PS',
      'x%!PS',
    ],
    ...['ID;Price\nA;1', 'ID;PX\nX;1', 'ID;PX\nN;1', 'ID;PX P;', `ID;P${'x'.repeat(41)}\nP;`, 'xID;P\nP;'],
    ...['TABLE,qty', 'TABLE\n0,2\n', 'TABLE\n0,1', 'xTABLE\n0,1\n', 'TABLE x\n0,1\n'],
    ...[
      '<TABLE>,<TD>',
      '<table>;x',
      '<td>|x',
      '"<html>",x',
      '<title> ,x',
      '<p>",x',
      "<p>' ;x",
      '<TICKER>,<DATE>',
      '<rows>\tx',
      '<a/>|b',
      '<1>',
      '<htmlx>,y',
    ],
    ...['x<html>', 'x<?xml?>', 'a <!doctype html>', '< html>'],
    ...[
      'insert,into',
      'create view x',
      'insertinto x',
      'inserted into x',
      'create  x',
      'sku\ninsert into x',
      'drop x',
      'xinsert into x',
    ],
    ...[
      'From: a,b\nA,1',
      'Date: 1\n\nsku;qty',
      'From: a\nno field\nContent-Type: x',
      'A: b\nx y\nMIME-Version: 1',
      'From: a',
    ],
    ...[
      'a:b\nContent-Type: x',
      '1a: b\nContent-Type: x',
      `a${'b'.repeat(41)}: c\nContent-Type: x`,
      'xMIME-Version 1',
      'x content-type: y',
    ],
  ]) {
    assert.is(kindOf(start), null, JSON.stringify(start));
  }
});

test('a dump is SQL below comments and settings, up to sixty lines', () => {
  for (const line of [
    '',
    '-- a',
    '/* a',
    '* a',
    '# a',
    'SET a',
    'use x',
    'BEGIN;',
    'start transaction;',
    'lock tables x',
    '  ',
    ' -- a',
    '\r',
  ]) {
    assert.is(kindOf(`-- x\n${line}\ninsert into a`), 'SQL', line);
  }
  for (const line of [
    'a',
    'settings',
    'user',
    'begin',
    'start transaction',
    'lock tables2',
    'a -- b',
    'x set a',
    '+',
  ]) {
    assert.is(kindOf(`-- x\n${line}\ninsert into a`), null, line);
  }
  assert.is(kindOf(`${'-- x\n'.repeat(59)}insert into a`), 'SQL');
  assert.is(kindOf(`${'-- x\n'.repeat(60)}insert into a`), null);
});

const sourceOf = (bytes: Uint8Array) => ({
  name: 'feed.csv',
  size: bytes.length,
  open: async function* () {
    for (let at = 0; at < bytes.length; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16));
  },
});

/** What the error says that the file is, without what to do; null if it may be read. */
async function formatOf(bytes: Uint8Array): Promise<string | null> {
  const error = await refuseFormat(sourceOf(bytes), bytes.subarray(0, 600)).then(
    () => null,
    (one: RelayError) => one,
  );
  if (error !== null) assert.is(error.code, 'invalid_input');
  return error === null ? null : String(error.details.format).replace(/;.*/, '');
}

test('other formats are known by their first bytes, all of them, at their place', async () => {
  const at = (place: number, text: string) => '.'.repeat(place) + text;
  for (const [what, start] of [
    ...['\t\0\x04\0', '\t\x02\x06\0', '\t\x04\x06\0', '\t\x08\x08\0', '\t\x08\x10\0'].map((start) => [
      'an old Excel file (.xls)',
      start,
    ]),
    ['a PDF', '%PDF-'],
    ['a 7-Zip archive', "7z\xbc\xaf'\x1c"],
    ['a RAR archive', 'Rar!\x1a\x07'],
    ['compressed with xz', '\xfd7zXZ\0'],
    ['compressed with Zstandard', '\x28\xb5\x2f\xfd'],
    ['compressed with LZ4', '\x04\x22\x4d\x18'],
    ['compressed with compress (.Z)', '\x1f\x9d'],
    ['encrypted with PGP', '-----BEGIN PGP MESSAGE-----'],
    ['encrypted with OpenSSL', 'Salted__'],
    ['compressed with bzip2', at(4, '1AY&SY')],
    ['a tar archive', at(257, 'ustar')],
    ['a Parquet file', 'PAR1'],
    ['an Avro file', 'Obj\x01'],
    ['an Arrow file', 'ARROW1\0\0'],
    ['an HDF5 file', '\x89HDF'],
    ['a database', 'SQLite format 3\0'],
    ['an image', '\x89PNG'],
    ['an image', '\xff\xd8\xff'],
    ['an image', 'GIF8'],
    ['a program', '\x7fELF'],
    ['an old Excel file (.xls)', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ] as Array<[string, string]>) {
    const bytes = Buffer.from(`${start}sku,qty`, 'latin1');
    assert.is(await formatOf(bytes), what);
    assert.is(await formatOf(bytes.subarray(0, start.length)), what);
    const isSkipped = (i: number) => start[i] === '.' && start.length > 9;
    for (let i = 0; i < start.length; i++) {
      if (isSkipped(i)) continue;
      const other = Buffer.from(bytes);
      other[i]! ^= 0x40;
      assert.is(await formatOf(other), null, `${what} without byte ${i}`);
    }
    assert.is(await formatOf(Buffer.concat([Buffer.from('x'), bytes])), null);
  }
});

test('an old office file is a workbook with a password if its directory says so, in its first MiB of text', async () => {
  const start = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  const stream = Buffer.from('EncryptedPackage', 'utf16le');
  const file = (filler: Buffer) => Buffer.concat([start, filler, stream, Buffer.from('x')]);
  assert.is(await formatOf(file(Buffer.alloc(0))), 'a workbook with a password');
  assert.is(await formatOf(file(Buffer.alloc(1 << 18))), 'a workbook with a password', 'zeros do not count');
  assert.is(await formatOf(file(Buffer.alloc(100_000, 'x'))), 'a workbook with a password', 'over the end of a part');
  assert.is(await formatOf(file(Buffer.alloc(1 << 21, 'x'))), 'an old Excel file (.xls)');
});

test.run();
