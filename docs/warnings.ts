/** The table of warnings in `ERRORS.md`, made of the words that runs print. */
import { WARNING_WORDS, type WarningWords } from '../core/notices/words.ts';

const BEGIN = '<!-- warnings: made by npm run docs from core/notices/words.ts -->\n';
const END = '<!-- end of the warnings -->\n';

/** The page with a new table between its marks. */
export function withWarnings(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('ERRORS.md has no marks for its table of warnings');
  return `${page.slice(0, from)}${BEGIN}\n${warningsTable()}\n${page.slice(to)}`;
}

function warningsTable(): string {
  const rows = Object.entries(WARNING_WORDS).map(([code, words]: [string, WarningWords]) => {
    const form =
      words.form === ''
        ? ''
        : `:${words.form
            .split(':')
            .map((name) => `<${name}>`)
            .join(':')}`;
    return [`\`${code}${form}\``, `${seenInGeneral(words.seen)}.`, words.means, words.do];
  });
  const lines = [['code', 'what was seen', 'what it may mean', 'what to do'], ['---', '---', '---', '---'], ...rows];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** The sentence with N for the number and names for the other parts. */
function seenInGeneral(seen: string): string {
  const text = seen.replace(/\{\w+\|[^|}]*\|([^}]*)\}/g, 'N $1').replace(/"?\{(\w+)\}"?/g, '`<$1>`');
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}
