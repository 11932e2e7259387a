/** What is wrong with rows, headers and files of invented feeds. */

import { ODD_SKUS } from './cell-faults.ts';
import { draftText, type FeedDraft, plainRows, setAll, setSome, some } from './feed-draft.ts';

/** Each spoils a feed. */
export const ROW_FAULTS: Record<string, (draft: FeedDraft) => void> = {
  'headers spelled otherwise': (draft) => {
    const name = draft.random.pick(['sku', 'quantity_available', 'cost', 'title']);
    const other = draft.random.pick([name.toUpperCase(), ` ${name}`, `${name} `, `${name}\u200b`, `my ${name}`]);
    draft.edits.push(([first = '', ...rest]) => [first.replace(name, other), ...rest]);
    if (draft.random.chance(0.4))
      draft.feed.parser.column_map = { [name]: draft.random.pick([name, other, other.trim(), '#0']) };
  },
  'a header twice': (draft) => {
    const [one, other] = [
      draft.random.pick(['sku', 'cost', 'title', 'quantity_available']),
      draft.random.pick(['cost', 'Cost', ' sku']),
    ];
    draft.edits.push((lines) =>
      lines.map((line, i) => `${line}${draft.delimiter}${i === 0 ? (draft.rows.length % 3 === 0 ? one : other) : 'x'}`),
    );
  },
  'a column missing': (draft) => {
    const name = draft.random.pick(['cost', 'quantity_available', 'title']);
    for (const row of draft.rows) delete row[name];
    draft.feed.parser.column_map = { [name]: draft.random.pick(['Nothing', 'qty', '#40']) };
    if (draft.random.chance(0.5)) draft.feed.config.error_policy = { fail_on_missing_required_columns: false };
  },
  'short rows': (draft) =>
    void draft.edits.push((lines) =>
      lines.map((line, i) =>
        i > 0 && draft.random.chance(0.2)
          ? line
              .split(draft.delimiter)
              .slice(0, draft.random.pick([1, 2, -1]))
              .join(draft.delimiter)
          : line,
      ),
    ),
  'long rows': (draft) => {
    const share = draft.random.pick([0.1, 0.9, 1]);
    const more = draft.random.pick(['', '', 'more', ' ', '""']);
    draft.edits.push((lines) =>
      lines.map((line, i) =>
        i > 0 && draft.random.chance(share) ? `${line}${draft.delimiter.repeat(draft.random.int(1, 2))}${more}` : line,
      ),
    );
  },
  'rows with numbers before them': (draft) => {
    const from = draft.random.pick([0, 1, 2]);
    draft.edits.push((lines) => lines.map((line, i) => (i === 0 ? line : `${i - 1 + from}${draft.delimiter}${line}`)));
  },
  'an empty name in the header': (draft) => {
    const at = draft.random.int(0, 3);
    draft.edits.push(([first = '', ...rest]) => {
      const cells = first.split(draft.delimiter);
      return [[...cells.slice(0, at), '', ...cells.slice(at)].join(draft.delimiter), ...rest];
    });
  },
  'quotes out of place': (draft) =>
    void draft.edits.push((lines) =>
      lines.map((line, i) => {
        if (i === 0 || !draft.random.chance(0.15)) return line;
        const at = draft.random.int(0, line.length);
        return `${line.slice(0, at)}"${line.slice(at)}`;
      }),
    ),
  'quoted cells': (draft) => {
    for (const row of some(draft, 0.4)) row.sku = `${row.sku} "x"`;
    draft.edits.push((lines) => lines.map((line, i) => (i > 0 ? line.replace(/^[^"]*?(?=[,;|\t])/, '"$&"') : line)));
  },
  'rows cut in two': (draft) => {
    const end = draft.random.pick(['\r', '\n', '\r\n']);
    draft.edits.push((lines) =>
      lines.map((line, i) => (i > 0 && draft.random.chance(0.1) ? line.replace(/(?<=^.{9})/, end) : line)),
    );
  },
  'blank lines and empty rows': (draft) =>
    void draft.edits.push((lines) =>
      lines.flatMap((line, i) =>
        i > 0 && draft.random.chance(0.15)
          ? [line, draft.random.pick(['', '  ', draft.delimiter, draft.delimiter.repeat(3)])]
          : [line],
      ),
    ),
  'the header again': (draft) =>
    void draft.edits.push(([first = '', ...rest]) => [
      first,
      ...rest.flatMap((line) =>
        draft.random.chance(0.06) ? [draft.random.pick([first, first.toUpperCase()]), line] : [line],
      ),
    ]),
  'no end': (draft) =>
    void draft.edits.push((lines) => [...lines.slice(0, -1), lines.at(-1)!.slice(0, -draft.random.int(1, 6))]),
  'ends in odd bytes': (draft) =>
    void draft.edits.push((lines) => [
      ...lines,
      draft.random.pick(['\u001a', '\u0000\u0000', 'Total', 'EOF', ' ', '(12 rows)']),
    ]),
  'other line ends': (draft) => {
    draft.lineEnd = draft.random.pick(['\r\n', '\r']);
  },
  'several files': (draft) => {
    draft.options.files = { match: 'feed*' };
    const more = plainRows(draft.random, draft.random.pick([3, 14]));
    if (draft.random.chance(0.5)) setSome({ ...draft, rows: more }, 'sku', ODD_SKUS, 0.2);
    draft.feed.files.push({ name: 'feed-2.csv', text: draftText({ ...draft, rows: more }) });
  },
  validators: (draft) => {
    draft.feed.vendor.validators = draft.random
      .shuffle([
        { use: 'required_fields', with: { columns: ['cost', 'title'] } },
        { use: 'number_range', with: { column: 'cost', min: 5, max: 200 } },
        { use: 'text_length', with: { column: 'sku', max: 7 } },
        { use: 'not_above', with: { column: 'cost', other: 'msrp' } },
        { use: 'row_count', with: { min: 10, max: 50 } },
      ])
      .slice(0, draft.random.int(1, 2));
  },
  'extra columns': (draft) => {
    draft.feed.config.extra_columns = ['grade', 'origin'];
    setAll(draft, 'grade', () =>
      draft.random.pick(['A', 'B', '', 'a "q"', ' x ', 'é'.repeat(draft.random.pick([1, 700]))]),
    );
    if (draft.random.chance(0.5)) setAll(draft, 'Origin', () => 'DE');
  },
  'a long record': (draft) => setSome(draft, 'title', ['x'.repeat(3000), 'é'.repeat(800), `"${'q'.repeat(400)}"`], 0.1),
};
