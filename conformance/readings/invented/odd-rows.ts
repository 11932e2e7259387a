/** The ways in which `odd-tables.ts` damages rows. */
import { change, other, swap, type Way } from './odd-draft.ts';

export const ROWS: Readonly<Record<string, Way>> = {
  'a quote at the end of a line': (draft) => change(draft, (line) => `${line}${draft.delimiter}${draft.quote}`),
  'a quote in place of the last cell': (draft) =>
    change(draft, (line) => line.slice(0, line.lastIndexOf(draft.delimiter) + draft.delimiter.length) + draft.quote),
  'cells run together at a quote': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, draft.delimiter, `b${draft.quote}c${draft.delimiter} d${draft.quote}`),
    ),
  'a quoted cell without its separator': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, draft.delimiter, `${draft.quote}oak${draft.delimiter}red${draft.quote}`),
    ),
  'lines in a cell': (draft) => {
    const { quote, delimiter, end, random } = draft;
    const inner = random.pick([`a${end}b`, `a${end}b${end}${end}c`, `${end}`, `x${delimiter}${end}y`]);
    change(draft, (line) =>
      swap(random, line, delimiter, `${delimiter}${quote}${inner}${quote}${random.pick(['', delimiter, ' '])}`),
    );
  },
  'a cell in other quotes': (draft) => {
    const quote = draft.quote === '"' ? "'" : '"';
    const { delimiter, random } = draft;
    const inner = random.pick([`Men${quote}${quote}s${delimiter} red`, 'oak', `a${delimiter}b`, `${quote}${quote}`]);
    change(draft, (line) =>
      swap(random, line, delimiter, `${delimiter}${quote}${inner}${quote}${random.chance(0.5) ? delimiter : ''}`),
    );
  },
  'a row in other quotes': (draft) =>
    change(draft, (line) =>
      line
        .split(draft.delimiter)
        .map((cell) => `'${cell}'`)
        .join(draft.delimiter),
    ),
  'a row broken by another line end': (draft) => {
    const lineEnd = draft.end === '\n' ? '\r' : '\n';
    change(draft, (line) =>
      swap(
        draft.random,
        swap(draft.random, line, ' ', ` ${lineEnd}`),
        draft.delimiter,
        `${draft.delimiter}a${lineEnd} b${draft.random.pick(['', draft.delimiter])}`,
      ),
    );
  },
  'thousands that split': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, draft.delimiter, `${draft.delimiter}1${draft.delimiter}234.50${draft.delimiter}`),
    ),
  'many separators': (draft) =>
    change(draft, (line) => line.replaceAll(' ', draft.delimiter).replace(/$/, draft.delimiter.repeat(2))),
  'a separator missing': (draft) =>
    change(draft, (line) => swap(draft.random, line, draft.delimiter, draft.random.pick(['', ' ', '-']))),
  'two separators missing': (draft) =>
    change(draft, (line) => swap(draft.random, swap(draft.random, line, draft.delimiter, ''), draft.delimiter, ' ')),
  'a row in another delimiter': (draft) => {
    const { delimiter, random, quote } = draft;
    const mark = random.pick(['|', '\t', other(draft), ' ']);
    change(
      draft,
      (line) => line.replaceAll(delimiter, mark) + random.pick(['', '', `${mark}${quote}a${draft.end}b${quote}`]),
    );
  },
  'backslashes before quotes': (draft) =>
    change(draft, (line) =>
      swap(
        draft.random,
        line,
        draft.delimiter,
        `${draft.delimiter}${draft.quote}a \\${draft.quote}b\\${draft.quote}${draft.delimiter} \\\\c${draft.quote}${draft.delimiter}`,
      ),
    ),
  'inches and stray quotes': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, ' ', draft.random.pick([' 17" x 8"', ' "big"', '" ', ' "', '""'])),
    ),
  'spaces before quotes': (draft) =>
    change(draft, (line) =>
      swap(
        draft.random,
        line,
        draft.delimiter,
        `${draft.delimiter}  ${draft.quote}x${draft.delimiter} y${draft.quote} ${draft.random.pick(['', draft.delimiter])}`,
      ),
    ),
  'a short row, a long row': (draft) => {
    change(draft, (line) => line.split(draft.delimiter).slice(0, -1).join(draft.delimiter));
    change(draft, (line) => line + draft.delimiter.repeat(draft.random.int(1, 4)));
  },
  'most rows short': (draft) => {
    draft.lines = draft.lines.map((line, i) =>
      i % 5 === 4 ? line : line.split(draft.delimiter).slice(0, -1).join(draft.delimiter),
    );
  },
  'a quote never closed': (draft) =>
    change(draft, (line) => swap(draft.random, line, draft.delimiter, `${draft.delimiter}${draft.quote}oak`)),
  'an empty cell moved': (draft) => change(draft, (line) => draft.delimiter + line),
};
