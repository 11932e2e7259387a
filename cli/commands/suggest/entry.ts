/** The vendor entry that `relay suggest` proposes, and its text to paste. */
import { Document, isMap, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { REQUIRED_COLUMNS } from '../../../core/canonical.ts';
import { printable } from '../../../core/text/printable.ts';
import type { CellForms } from '../../../plugins/parsers/kit/suggest/cell-forms.ts';
import type { FeedColumn } from '../../../plugins/parsers/kit/suggest/header-words.ts';
import type { SampleTable } from '../../../plugins/parsers/kit/suggest/sample-table.ts';
import type { ColumnCandidate, ColumnChoice } from '../../../plugins/parsers/kit/suggest/score-columns.ts';
import { filtersOf, sourceName } from './row-filters.ts';
import type { Sample } from './sample.ts';

export interface SuggestedEntry {
  vendor_id: string;
  inbound: { type: 'local' };
  parser: {
    format: string;
    delimiter?: string;
    encoding?: string;
    column_map?: Partial<Record<FeedColumn, string>>;
    options?: Record<string, unknown>;
  };
}

export interface EntryParts {
  vendorId: string;
  sample: Sample;
  table: SampleTable;
  choices: readonly ColumnChoice[];
  forms: CellForms;
  /** The tenant's currency, if the user named it. */
  currency: string | null;
  /** The options that name the table in an archive or workbook. */
  container: { member?: string; sheet?: string };
}

const QUOTES = ['"', "'", null];
/** The most candidates in a comment. */
const CANDIDATES_MAX = 3;

/** An entry for the parser `csv`, whose layout is in the config. */
export function csvEntry(parts: EntryParts): SuggestedEntry {
  const { vendorId, sample, table, choices, forms } = parts;
  const map: Partial<Record<FeedColumn, string>> = {};
  for (const { column, chosen } of choices) {
    if (chosen !== null && !forms.withheld.has(column)) map[column] = sourceName(table.header, chosen.index);
  }
  const options = optionsOf(parts);
  return {
    vendor_id: vendorId,
    inbound: { type: 'local' },
    parser: {
      format: 'csv',
      ...(sample.isSheet ? {} : { delimiter: table.dialect.delimiter, encoding: sample.encoding.encoding }),
      ...(Object.keys(map).length === 0 ? {} : { column_map: map }),
      ...(Object.keys(options).length === 0 ? {} : { options }),
    },
  };
}

/** An entry for the parser of a known format. */
export function formatEntry({ vendorId, container }: EntryParts, format: string): SuggestedEntry {
  const hasOptions = Object.keys(container).length > 0;
  return {
    vendor_id: vendorId,
    inbound: { type: 'local' },
    parser: { format, ...(hasOptions ? { options: { ...container } } : {}) },
  };
}

function optionsOf({ sample, table, forms, choices, container }: EntryParts): Record<string, unknown> {
  const { dialect, header, repairableRows } = table;
  const { quote, escape: escaping, headerLines, skipLines } = dialect;
  const { filters } = filtersOf(table, choices);
  const columns: Partial<Record<FeedColumn, object>> = {};
  for (const { column, chosen } of choices) {
    const own = forms.options.columns?.[column];
    const isRead = chosen !== null && !forms.withheld.has(column);
    if (isRead && own !== undefined && Object.keys(own).length > 0) columns[column] = own;
    // not needed for a column that is read under this very name
    if (!isRead && header?.includes(column)) columns[column] = { value: '' };
  }
  return {
    ...container,
    ...(header === null ? { header: false, row_fields: 'first_row' } : {}),
    ...(headerLines > 1 ? { header_rows: headerLines } : {}),
    ...(skipLines > 0 ? { skip_lines: skipLines } : {}),
    ...(sample.isSheet || quote === '"' || !QUOTES.includes(quote) ? {} : { quote }),
    ...(sample.isSheet || escaping !== '\\' ? {} : { escape: '\\' }),
    ...(filters.length === 0 ? {} : { rows: filters }),
    ...(repairableRows > 0 ? { repair: true } : {}),
    ...(forms.options.unwrap === undefined ? {} : { unwrap: true }),
    ...(forms.options.numbers === undefined ? {} : { numbers: forms.options.numbers }),
    ...(forms.options.time_formats === undefined ? {} : { time_formats: forms.options.time_formats }),
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
  };
}

/** Comments for the entry, without `#`: above its first key, and below its column map. */
export interface EntryNotes {
  above: readonly string[];
  columns: readonly string[];
}

/** Columns that were not found or are left out, as lines to fill in. */
export function columnNotes(table: SampleTable, choices: readonly ColumnChoice[], forms: CellForms): string[] {
  return choices.flatMap(({ column, chosen, rivals }) => {
    const named = ({ index, score }: ColumnCandidate) =>
      `${JSON.stringify(sourceName(table.header, index))} (${score.toFixed(2)})`;
    if (chosen !== null) {
      const why = forms.withheld.get(column);
      if (why === undefined) return [];
      return [`${column}: ${JSON.stringify(sourceName(table.header, chosen.index))}  # ${why}`];
    }
    const near = rivals.slice(0, CANDIDATES_MAX).map(named).join(', ');
    if (REQUIRED_COLUMNS.includes(column)) {
      return [
        `${column}: ""  # required; ${near === '' ? 'nothing looks like it' : `nothing convincing, perhaps ${near}`}`,
      ];
    }
    return [];
  });
}

/** YAML for the list `vendors` of a tenant config. */
export function entryText(entry: SuggestedEntry, notes: EntryNotes): string {
  const document = new Document([entry]);
  // escapes that a terminal needs are read back only in double quotes
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && printable(node.value) !== node.value) node.type = 'QUOTE_DOUBLE';
    },
  });
  const inbound = document.getIn([0, 'inbound']);
  if (isMap(inbound)) inbound.flow = true;
  const map = document.getIn([0, 'parser', 'column_map']);
  const parser = document.getIn([0, 'parser']) as YAMLMap;
  const lines = notes.columns.map((line) => ` ${line}`);
  if (lines.length > 0) {
    if (isMap(map)) map.comment = lines.join('\n');
    else parser.comment = [' column_map:', ...lines.map((line) => `  ${line}`)].join('\n');
  }
  const list = document.contents as unknown as YAMLSeq;
  if (notes.above.length > 0) list.commentBefore = notes.above.map((line) => ` ${line}`).join('\n');
  return document.toString({ lineWidth: 0, indentSeq: true }).replace(/^(?=.)/gm, '  ');
}
