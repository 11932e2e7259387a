/** Checks the declaration of a vendor module: an unknown key would otherwise be ignored in silence. */
import type { z } from 'zod';
import { answerName, type UncheckedObject } from '../../../../core/plugin-call.ts';
import { didYouMean } from '../../../../core/text/suggest.ts';
import { ENCODING_NAMES, resolveEncoding } from '../encoding/names.ts';
import type { VendorFormat } from './vendor-format.ts';

const FORMAT_KEYS: Record<keyof VendorFormat<z.ZodRawShape>, true> = {
  id: true,
  version: true,
  summary: true,
  delimiter: true,
  codes: true,
  signs: true,
  encodings: true,
  options: true,
  example: true,
  table: true,
  row: true,
  fields: true,
  open: true,
};

/** What is wrong with the declaration, apart from its table. */
export function formatProblems(format: object): string[] {
  const known = Object.keys(FORMAT_KEYS);
  const odd = Object.keys(format).filter((key) => !known.includes(key));
  const { delimiter, encodings, table, row, open, fields } = format as UncheckedObject;
  const problems = odd.map((key) => `${key} is not a key of a vendor parser${didYouMean(key, known)}`);
  const isNeeded = open === undefined;
  if (delimiter === undefined && isNeeded)
    problems.push('delimiter is missing; it is the text between two fields, such as ","');
  else if (delimiter === undefined) {
    // rows have no delimiter
  } else if (typeof delimiter !== 'string' || !/^[^\r\n]{1,4}$/.test(delimiter))
    problems.push(`delimiter must have 1 to 4 characters and no line end, not ${valueText(delimiter)}`);
  if (typeof table !== 'function') problems.push(`table must be a function, not ${answerName(table)}`);
  if (row !== undefined && typeof row !== 'function') problems.push(`row must be a function, not ${answerName(row)}`);
  if (open !== undefined && typeof open !== 'function')
    problems.push(`open must be a function, not ${answerName(open)}`);
  return [...problems, ...fieldsProblems(fields, isNeeded), ...encodingsProblems(encodings)];
}

/** What is wrong with what `open` and `row` make of options: each must make the function that does the work. */
export function madeProblems(format: object, options: unknown): string[] {
  const { open, row } = format as Record<string, ((options: unknown) => unknown) | undefined>;
  const made = { open: [open, 'the file'], row: [row, 'cells and header'] } as const;
  return Object.entries(made).flatMap(([hook, [make, given]]) => {
    if (make === undefined) return [];
    const due = `${hook}(options) must return a function of ${given}, such as ${hook}: () => ${hook === 'open' ? 'rowsOf' : '(cells, header) => cells'}`;
    try {
      const answer: unknown = make(options);
      return typeof answer === 'function' ? [] : [`${due}, and returns ${answerName(answer)}`];
    } catch (error) {
      return [`${due}, and throws: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

function fieldsProblems(fields: unknown, isDelimited: boolean): string[] {
  if (fields === undefined) return [];
  if (isDelimited) return ['fields names the columns of rows that open gives; without open the header names them'];
  const isList = Array.isArray(fields) && fields.every((name) => typeof name === 'string' && name !== '');
  if (!isList || fields.length === 0) return ['fields must be a list of names'];
  const twice = fields.find((name, i) => fields.indexOf(name) < i);
  return twice === undefined ? [] : [`fields names ${valueText(twice)} twice`];
}

function encodingsProblems(encodings: unknown): string[] {
  const { candidates, fallback, ...others } = (encodings ?? {}) as UncheckedObject;
  const known = ['candidates', 'fallback'];
  const problems = Object.keys(others).map(
    (key) => `encodings.${key} is not a key of encodings${didYouMean(key, known)}`,
  );
  if (!Array.isArray(candidates))
    return [...problems, 'encodings must be { candidates: [...] }; the list may be empty'];
  for (const label of fallback === undefined ? candidates : [...candidates, fallback]) {
    if (typeof label === 'string' && resolveEncoding(label) !== null) continue;
    problems.push(
      `encodings names ${valueText(label)}, which Relay does not read${didYouMean(String(label), ENCODING_NAMES)}`,
    );
  }
  return problems;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : answerName(value);
}
