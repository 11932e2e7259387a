import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENCODINGS, resolveEncoding } from './names.ts';

/** Labels of other programs, as they are written there. */
const LABELS: Record<string, string> = {
  'utf-8': 'UTF8 utf-8-sig UTF-8-BOM U8 cp65001',
  'us-ascii': 'ASCII ANSI_X3.4-1968 646 ISO646-US',
  'utf-16': 'UTF16 U16 unicode UCS-2',
  'utf-16le': 'UTF-16-LE UCS-2LE cp1200',
  'utf-16be': 'utf_16_be UCS-2BE cp1201',
  'utf-32': 'UTF32 U32 UCS-4',
  'utf-32le': 'UCS-4LE cp12000',
  'utf-32be': 'UCS-4BE cp12001',
  'iso-8859-1': 'latin1 Latin-1 L1 cp819 IBM819 8859-1 ISO8859_1 ISO_8859-1:1987 iso-ir-100',
  'iso-8859-2': 'latin2 l2 8859-2 ISO8859-2',
  'iso-8859-3': 'latin3 l3',
  'iso-8859-4': 'latin4 l4',
  'iso-8859-5': 'cyrillic',
  'iso-8859-6': 'arabic',
  'iso-8859-7': 'greek greek8',
  'iso-8859-8': 'hebrew',
  'iso-8859-9': 'latin5 l5',
  'iso-8859-10': 'latin6 l6',
  'iso-8859-11': 'ISO-8859-11:2001',
  'iso-8859-13': 'latin7 l7',
  'iso-8859-14': 'latin8 l8',
  'iso-8859-15': 'latin9 Latin-9 l9 latin-0',
  'iso-8859-16': 'latin10 l10',
  'windows-1252': 'CP1252 win1252 MS1252 1252',
  'windows-1250': 'cp-1250 1250',
  'windows-1258': 'cp1258',
  'windows-874': 'CP874 win874 TIS-620',
  cp437: 'IBM437 DOS437 OEM437 437',
  cp869: 'ibm869 869',
  macintosh: 'mac MacRoman mac-os-roman x-mac-roman',
  'x-mac-ce': 'x-mac-centraleurroman',
  'koi8-r': 'koi8 csKOI8R',
  'koi8-u': 'KOI8-RU',
  shift_jis: 'SJIS Shift-JIS s-jis x-sjis MS_Kanji cp932 ms932 932 Windows-31J windows-932',
  'euc-jp': 'EUCJP ujis x-euc-jp',
  gbk: 'cp936 ms936 936 windows-936 x-gbk GB2312 GB2312-80 EUC-CN chinese',
  gb18030: 'GB18030-2000 gb18030-2005 CP54936',
  big5: 'Big5-HKSCS cp950 ms950 950 windows-950 x-x-big5 big5-tw',
  'euc-kr': 'cp949 ms949 949 windows-949 UHC KS_C_5601-1987 KSC5601 korean',
};

test('labels of other programs name an encoding, whatever their case, dashes and underscores are', () => {
  for (const [name, labels] of Object.entries(LABELS)) {
    for (const label of labels.split(' ')) assert.is(resolveEncoding(label), name, label);
  }
  for (const label of ['auto', '', 'utf', 'cp', 'windows', '1259', 'latin11']) assert.is(resolveEncoding(label), null);
});

test('each encoding is known by its own name, and by that of its decoder', () => {
  for (const { name, iconvName } of ENCODINGS) {
    assert.is(resolveEncoding(name), name);
    if (iconvName !== null) assert.is(resolveEncoding(iconvName), name);
  }
});

test.run();
