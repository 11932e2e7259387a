/** How likely signs are beside other characters, and what encodings are, in a line each. */
import { createHash } from 'node:crypto';
import { UNIT_LENGTHS } from '../../plugins/parsers/kit/encoding/decode/decode-units.ts';
import { isAbsurd, isSignAtHome, signChance } from '../../plugins/parsers/kit/encoding/likelihood/symbols.ts';
import { ENCODINGS } from '../../plugins/parsers/kit/encoding/names.ts';

export const READ_SIGNS = Array.from(
  '½¼¾°™®©’”“„«»‘–—•·…×±²³µ€£¢¥º№ª¿¡‰≤≥≈\u00a0\u00ad§†★─\u0085é漢、ｱ\ue000\u{f0000}÷‚\u007f',
);
const BESIDE = ['', '5', 'a', 'Z', '-', 'ж', '漢', 'm', 'nº', 'qu', 'O', 's', 't ', ' '];

/** The chances after each text, before each text. */
export function ofSign(number: number): string {
  const sign = READ_SIGNS[number]!;
  const chances = BESIDE.map((before) => {
    const row = BESIDE.map((after) => {
      const chance = signChance([...before, sign, ...after], Array.from(before).length);
      return `${chance}${isSignAtHome(before + sign + after) ? '+' : ''}`;
    });
    return row.join(' ');
  });
  return `${number} ${sign}: ${isAbsurd(sign) ? 'absurd' : ''} ${chances.join(' | ')}`;
}

export const ENCODING_COUNT = ENCODINGS.length;

/** An encoding's names, and the lengths of its characters by their first byte, and their second. */
export function ofEncoding(number: number): string {
  const info = ENCODINGS[number]!;
  const lengthOf = UNIT_LENGTHS[info.name];
  const lengths = Array.from({ length: 256 }, (_, lead) => {
    return lengthOf === undefined
      ? ''
      : Array.from({ length: 257 }, (_, second) => lengthOf(lead, second - 1)).join('');
  });
  const digest = createHash('sha256').update(lengths.join('\n')).digest('hex').slice(0, 8);
  return `${number} ${info.name}: ${JSON.stringify(info)}${lengthOf === undefined ? '' : ` ${digest}`}`;
}
