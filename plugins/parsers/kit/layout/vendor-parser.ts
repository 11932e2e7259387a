/** Makes a parser for one vendor's format from a table. `row(cells)` does what a table cannot express. */
import { z } from 'zod';
import type { ExtraColumn } from '../../../../core/canonical.ts';
import { configAt, configTexts } from '../../../../core/config/raw.ts';
import { RelayError } from '../../../../core/errors.ts';
import { once } from '../../../../core/once.ts';
import type { ConfigProblem, Plugin, SideFileLocation } from '../../../../core/plugin.ts';
import { didYouMean } from '../../../../core/text/suggest.ts';
import { encodingProblems } from '../encoding/problems.ts';
import { isPosition } from './column-map.ts';
import { formatProblems, madeProblems } from './format-problems.ts';
import { fileSelection, type LayoutTable, type LayoutTableInput, namedSideFiles } from './options.ts';
import { columnReferences, layoutProblems } from './problems.ts';
import {
  ownTable,
  type StrictVendorFormat,
  tableOf,
  tenantShape,
  type VendorFormat,
  type VendorOptions,
} from './vendor-format.ts';

export function defineVendorParser<
  Shape extends z.ZodRawShape,
  Table extends LayoutTableInput,
  Code extends string = string,
>(declared: StrictVendorFormat<Shape, Table, Code>): Plugin<'parser', VendorOptions<Shape>> {
  const format = declared as VendorFormat<Shape>;
  const options = once(() => z.strictObject({ ...format.options, ...tenantShape }));
  return {
    manifest: {
      kind: 'parser',
      id: format.id,
      version: format.version,
      contract: 1,
      summary: format.summary,
      get options() {
        return options() as unknown as z.ZodType<VendorOptions<Shape>>;
      },
      example: format.example,
      ...(format.codes === undefined ? {} : { codes: format.codes }),
      ...(format.signs === undefined ? {} : { signs: format.signs }),
      check: (given, config, path) => problemsOf(format, given, config, path),
      sideFiles: (given) => [...ownSideFiles(format, given), ...namedSideFiles(given)],
      files: fileSelection,
    },
    problems: () => formatProblems(format),
    load: async () => (await import('./vendor-feed.ts')).vendorParserFactory(format),
  };
}

/** Side files of the format's own table. An option may give their location. */
function ownSideFiles<Shape extends z.ZodRawShape>(format: VendorFormat<Shape>, options: VendorOptions<Shape>) {
  const named = namedSideFiles(ownTable(format, options));
  return named.map(({ name, location }) => ({ name, location, path: optionOf(options, name, location) ?? name }));
}

/**
 * The option that gives a side file's location: the one with the file's name, or one with the location as its value.
 */
function optionOf(options: object, name: string, { s3_key, local_path }: SideFileLocation): string | null {
  if (name in options) return name;
  const where = s3_key ?? local_path;
  const found = Object.entries(options).find(([, value]) => {
    return where !== null && [value, configAt(value, 's3_key'), configAt(value, 'local_path')].includes(where);
  });
  return found?.[0] ?? null;
}

/** Turns the path of a problem in the merged table into a path in the tenant's options. */
function tenantPath(path: string, base: string, own: LayoutTable, options: object): string {
  const [, list, digits, rest = ''] = /^\.(side_files|rows)\[(\d+)\](.*)$/.exec(path.slice(base.length)) ?? [];
  if (list === undefined) return path;
  const index = Number(digits);
  const count = own[list as 'side_files' | 'rows'].length;
  if (index >= count) return `${base}.${list}[${index - count}]${rest}`;
  const file = list === 'side_files' ? own.side_files[index] : undefined;
  const option = file === undefined ? null : optionOf(options, file.name, file);
  if (option === null) return base;
  const isObject = typeof Reflect.get(options, option) === 'object';
  return `${base}.${option}${isObject ? rest : ''}`;
}

function problemsOf<Shape extends z.ZodRawShape>(
  format: VendorFormat<Shape>,
  options: VendorOptions<Shape>,
  config: unknown,
  path: string,
): ConfigProblem[] {
  const at = path.replace(/\.options$/, '');
  const parser = configAt(config, 'vendors', Number(/^vendors\[(\d+)\]/.exec(path)?.[1]), 'parser');
  const map = configAt(parser, 'column_map');
  const mapped = Object.keys(typeof map === 'object' && map !== null ? map : {});
  const broken = formatProblems(format);
  if (broken.length > 0) {
    return broken.map((message) => ({
      path,
      code: 'plugin_invalid',
      message: `the parser "${format.id}": ${message}`,
    }));
  }
  const made = madeProblems(format, options);
  if (made.length > 0)
    return made.map((message) => ({ path, code: 'plugin_invalid', message: `the parser "${format.id}": ${message}` }));
  let own: LayoutTable;
  try {
    own = ownTable(format, options);
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return [{ path, code: error.code, message: error.message }];
  }
  const table = tableOf(format, options, mapped);
  const checked: CheckedTable = {
    own,
    table,
    options,
    path,
    mapped: new Set(mapped),
    extras: configTexts(config, 'extra_columns'),
  };
  return [
    ...dialectProblems(format, parser, at),
    ...(table.header ? [] : mapped.filter((column) => !isPosition(configAt(map, column)))).map((column) => ({
      path: `${at}.column_map.${column}`,
      code: 'invalid_value',
      message: `needs a position such as "#0": ${format.id} has no header`,
    })),
    ...fieldProblems(format, checked),
    ...tableProblems(format, checked),
  ];
}

/** With `fields`, a column that a table names must be one of them, in the module's table and in a tenant's. */
function fieldProblems(format: { id: string; fields?: readonly string[] }, checked: CheckedTable): ConfigProblem[] {
  const { fields } = format;
  if (fields === undefined) return [];
  const { own, table, options, path } = checked;
  const module = (message: string) => ({
    path,
    code: 'plugin_invalid',
    message: `the table of the parser "${format.id}": ${message}`,
  });
  if (!own.header) return [module('header must be true: fields names the columns')];
  const { skip_lines, header_rows, preamble } = own;
  const ofBytes = { skip_lines: skip_lines > 0, header_rows: header_rows > 1, preamble: preamble.length > 0 };
  const odd = Object.entries(ofBytes).flatMap(([name, isUsed]) => (isUsed ? [name] : []));
  if (odd.length > 0) return odd.map((name) => module(`${name} is for bytes: with fields, open() gives rows`));
  const known = fields.map((name) => name.trim().toLowerCase());
  const ofModule = new Set(columnReferences(own).map((one) => JSON.stringify(one)));
  return columnReferences(table).flatMap((reference) => {
    const { at, names } = reference;
    if (names.some((name) => isPosition(name) || known.includes(name.trim().toLowerCase()))) return [];
    const near = didYouMean(names[0] ?? '', fields);
    const message = `names "${names.join('", "')}", which is none of the fields${near}: ${fields.join(', ')}`;
    if (ofModule.has(JSON.stringify(reference))) return [module(`${at} ${message}`)];
    return [{ path: tenantPath(`${path}.${at}`, path, own, options), code: 'invalid_value', message }];
  });
}

interface CheckedTable {
  /** The format's own table, and the table with the tenant's additions. */
  own: LayoutTable;
  table: LayoutTable;
  options: object;
  /** The path of the options. */
  path: string;
  mapped: ReadonlySet<string>;
  extras: readonly ExtraColumn[];
}

/** Problems that only the tenant's additions cause: those of the format's own table are the module's. */
function tableProblems(
  { id, codes: listed }: Pick<VendorFormat<z.ZodRawShape>, 'id' | 'codes'>,
  { own, table, options, path, mapped, extras }: CheckedTable,
): ConfigProblem[] {
  const codes = Object.keys(listed ?? {});
  const ofModule = new Set(
    layoutProblems(own, { path, codes, mapped: new Set(), extras: [] }).map((one) => `${one.path} ${one.message}`),
  );
  return layoutProblems(table, { path, codes, mapped, extras }).map((problem) => {
    const at = tenantPath(problem.path, path, own, options);
    const isOption = at !== path && at !== problem.path;
    if (isOption || !ofModule.has(`${problem.path} ${problem.message}`)) return { ...problem, path: at };
    const message = `the table of the parser "${id}": ${problem.path.slice(path.length + 1)} ${problem.message}`;
    return { path, code: 'plugin_invalid', message };
  });
}

/** A format has a fixed delimiter, but a config may declare another encoding. */
function dialectProblems(
  format: { id: string; delimiter?: string | undefined },
  parser: unknown,
  at: string,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const delimiter = configAt(parser, 'delimiter');
  if (typeof delimiter === 'string' && delimiter !== 'auto' && delimiter !== format.delimiter) {
    const own =
      format.delimiter === undefined ? 'has no delimiter' : `is delimited by ${JSON.stringify(format.delimiter)}`;
    const message = `${format.id} ${own}; leave it out`;
    problems.push({ path: `${at}.delimiter`, code: 'invalid_value', message });
  }
  const encoding = configAt(parser, 'encoding');
  return typeof encoding === 'string' ? [...problems, ...encodingProblems(encoding, `${at}.encoding`)] : problems;
}
