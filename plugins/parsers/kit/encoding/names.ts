/** The encodings that Relay reads, with all their labels. Loads no decoder, so that config checks can use it. */
import { looseName } from '../../../../core/text/suggest.ts';

/** How bytes make up characters. `decode.ts` has one strict decoder for each family. */
export type EncodingFamily = 'utf-8' | 'utf-16' | 'utf-32' | 'ascii' | 'single-byte' | 'multi-byte';

export interface EncodingInfo {
  readonly name: string;
  readonly family: EncodingFamily;
  /** Its name in iconv-lite; only for `single-byte` and `multi-byte`. */
  readonly iconvName: string | null;
  readonly aliases: readonly string[];
}

const ISO_8859: readonly (readonly [part: number, aliases: readonly string[]])[] = [
  [1, ['latin1', 'l1', 'cp819', 'ibm819', 'iso-8859-1:1987', 'iso-ir-100']],
  [2, ['latin2', 'l2']],
  [3, ['latin3', 'l3']],
  [4, ['latin4', 'l4']],
  [5, ['cyrillic']],
  [6, ['arabic']],
  [7, ['greek', 'greek8']],
  [8, ['hebrew']],
  [9, ['latin5', 'l5']],
  [10, ['latin6', 'l6']],
  [11, ['iso-8859-11:2001']],
  [13, ['latin7', 'l7']],
  [14, ['latin8', 'l8']],
  [15, ['latin9', 'l9', 'latin-0']],
  [16, ['latin10', 'l10']],
];

/** Every encoding, by canonical name in lower case. */
export const ENCODINGS: readonly EncodingInfo[] = [
  { name: 'utf-8', family: 'utf-8', iconvName: null, aliases: ['utf-8-sig', 'utf-8-bom', 'u8', 'cp65001'] },
  { name: 'us-ascii', family: 'ascii', iconvName: null, aliases: ['ascii', 'ansi_x3.4-1968', '646', 'iso646-us'] },
  { name: 'utf-16', family: 'utf-16', iconvName: null, aliases: ['u16', 'unicode', 'ucs-2'] },
  { name: 'utf-16le', family: 'utf-16', iconvName: null, aliases: ['ucs-2le', 'cp1200'] },
  { name: 'utf-16be', family: 'utf-16', iconvName: null, aliases: ['ucs-2be', 'cp1201'] },
  { name: 'utf-32', family: 'utf-32', iconvName: null, aliases: ['u32', 'ucs-4'] },
  { name: 'utf-32le', family: 'utf-32', iconvName: null, aliases: ['ucs-4le', 'cp12000'] },
  { name: 'utf-32be', family: 'utf-32', iconvName: null, aliases: ['ucs-4be', 'cp12001'] },
  ...ISO_8859.map(([part, aliases]) =>
    singleByte(`iso-8859-${part}`, [`8859-${part}`, `iso-ir-8859-${part}`, ...aliases]),
  ),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) =>
    singleByte(`windows-125${n}`, [`cp125${n}`, `win125${n}`, `ms125${n}`, `125${n}`]),
  ),
  singleByte('windows-874', ['cp874', 'win874', 'tis-620']),
  ...[437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866, 869].map((n) =>
    singleByte(`cp${n}`, [`ibm${n}`, `dos${n}`, `oem${n}`, `${n}`]),
  ),
  singleByte('macintosh', ['mac', 'macroman', 'mac-os-roman', 'x-mac-roman']),
  singleByte('x-mac-cyrillic', ['maccyrillic'], 'maccyrillic'),
  singleByte('x-mac-ce', ['maccenteuro', 'x-mac-centraleurroman'], 'maccenteuro'),
  singleByte('x-mac-croatian', ['maccroatian'], 'maccroatian'),
  singleByte('x-mac-romanian', ['macromania'], 'macromania'),
  singleByte('x-mac-icelandic', ['maciceland'], 'maciceland'),
  singleByte('x-mac-greek', ['macgreek'], 'macgreek'),
  singleByte('x-mac-turkish', ['macturkish'], 'macturkish'),
  singleByte('koi8-r', ['koi8', 'cskoi8r']),
  singleByte('koi8-u', ['koi8-ru']),
  multiByte('shift_jis', [
    'sjis',
    's-jis',
    'x-sjis',
    'ms-kanji',
    'cp932',
    'ms932',
    '932',
    'windows-31j',
    'windows-932',
  ]),
  multiByte('euc-jp', ['eucjp', 'ujis', 'x-euc-jp']),
  multiByte('gbk', ['cp936', 'ms936', '936', 'windows-936', 'x-gbk', 'gb2312', 'gb2312-80', 'euc-cn', 'chinese']),
  multiByte('gb18030', ['gb18030-2000', 'gb18030-2005', 'cp54936']),
  multiByte('big5', ['big5-hkscs', 'cp950', 'ms950', '950', 'windows-950', 'x-x-big5', 'big5-tw']),
  multiByte('euc-kr', ['cp949', 'ms949', '949', 'windows-949', 'uhc', 'ks_c_5601-1987', 'ksc5601', 'korean']),
];

/** Canonical names, for "did you mean". */
export const ENCODING_NAMES: readonly string[] = ENCODINGS.map((encoding) => encoding.name);

let labels: ReadonlyMap<string, EncodingInfo> | undefined;

/** The canonical name of an encoding; null for an unknown label and for `auto`. */
export function resolveEncoding(label: string): string | null {
  return encodingInfo(label)?.name ?? null;
}

/** An encoding by any of its labels; null if unknown. */
export function encodingInfo(label: string): EncodingInfo | null {
  const named = ENCODINGS.find(({ name }) => name === label);
  if (named !== undefined) return named;
  labels ??= new Map(
    ENCODINGS.flatMap((encoding) =>
      [encoding.name, ...encoding.aliases].map((one) => [looseName(one), encoding] as const),
    ),
  );
  return labels.get(looseName(label)) ?? null;
}

function singleByte(name: string, aliases: readonly string[], iconvName = name): EncodingInfo {
  return { name, family: 'single-byte', iconvName, aliases };
}

function multiByte(name: string, aliases: readonly string[], iconvName = name): EncodingInfo {
  return { name, family: 'multi-byte', iconvName, aliases };
}
