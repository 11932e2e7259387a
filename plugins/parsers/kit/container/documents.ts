/**
 * Recognizes documents that are text but not delimited text, by their first characters: HTML and XML saved as `.xls`,
 * mail archives, RTF, JSON, SQL. Read as CSV, they would be tables of one column.
 */

interface DocumentFormat {
  start: RegExp;
  what: string;
}

const SAVE = 'open it in a spreadsheet and save it as .xlsx or CSV';
const EXPORT = 'export the table as CSV';

/** A cell such as `<TABLE>` is followed by a separator and is no tag. */
const TAG_END = '(?=[\\s>/])(?![^<>\\n]*>["\']? ?[,;|])';
const HTML_TAGS =
  'html|head|body|table|meta|style|script|title|link|base|div|center|font|tr|td|th|p|br|hr|pre|form|h[1-6]';

/** The first match counts. Blanks, a byte order mark and comments may come before each start. */
const DOCUMENTS: readonly DocumentFormat[] = [
  { start: /^\{\s*["{}]|^\[\s*["{[\]]/, what: `JSON; ${EXPORT}` },
  { start: /^\{\\rtf/, what: `a text document (RTF); ${EXPORT}` },
  { start: /^%PDF-/, what: `a PDF; ${EXPORT}` },
  { start: /^%!PS/, what: `a print file (PostScript); ${EXPORT}` },
  { start: /^ID;P[^\r\n]{0,40}\r?\n([PFBCO];|NN;)/, what: `a SYLK file; ${SAVE}` },
  { start: /^TABLE\r?\n0,1\r?\n/, what: `a DIF file; ${SAVE}` },
  { start: new RegExp(`^<(!doctype\\s+html|(${HTML_TAGS})${TAG_END})`, 'i'), what: `HTML, whatever its name; ${SAVE}` },
];
const XML = /^<(\?xml|!doctype|[a-z_][\w:.-]*(\s[^<>]*)?\/?>(?!["']? ?[,;|\t]))/i;
const SPREADSHEET_XML = /progid="Excel\.Sheet"|urn:schemas-microsoft-com:office:spreadsheet/i;
const OPEN_DOCUMENT = /urn:oasis:names:tc:opendocument/i;
const XHTML = /<(!doctype\s+html|html[\s>])/i;
/** The header fields of a mail, with which a web archive (`.mht`) begins. */
const MAIL_FIELD = /^[a-z][a-z0-9-]{1,40}:/i;
/** Statements that are no names of columns. */
const SQL = /^\s*(?:insert\s+(?:ignore\s+)?into|create\s+(?:table|database|schema)|drop\s+(?:table|database))\s/i;
/** What dumps have above their statements. */
const SQL_ABOVE = /^\s*(?:$|--|\/\*|\*|#|set\s|use\s|begin;|start transaction;|lock tables\b)/i;
const SQL_LINES_MAX = 60;
const MAIL_OF_PARTS = /^(mime-version|content-type):/i;

/**
 * Names the document and says what to do; null if the file may be a table. `head` is the start of the file, one
 * character per byte.
 */
export function documentOf(head: string): string | null {
  // drops the NULs of UTF-16 and UTF-32, and byte order marks
  const text = withoutComments(head.replaceAll('\0', '').replace(/^[\u00ef\u00bb\u00bf\u00fe\u00ff\ufeff\s]+/, ''));
  const found = DOCUMENTS.find(({ start }) => start.test(text));
  if (found !== undefined) return found.what;
  if (XML.test(text) || text.startsWith('<!--')) return xmlOf(text);
  if (isSql(text)) return `SQL; ${EXPORT}`;
  return isMail(text) ? `a web archive (MHTML) or mail, whatever its name; ${SAVE}` : null;
}

function xmlOf(text: string): string {
  if (SPREADSHEET_XML.test(text)) return `an XML spreadsheet of Excel 2003, whatever its name; ${SAVE}`;
  if (OPEN_DOCUMENT.test(text)) return `an OpenDocument file in XML; ${SAVE}`;
  return XHTML.test(text) ? `HTML, whatever its name; ${SAVE}` : `XML; ${EXPORT}`;
}

function withoutComments(text: string): string {
  let from = 0;
  while (text.startsWith('<!--', from)) {
    const end = text.indexOf('-->', from);
    if (end < 0) break;
    from = end + 3;
    while (from < text.length && text.charCodeAt(from) <= 0x20) from++;
  }
  return text.slice(from);
}

/** True for statements of a dump, perhaps under comments, settings and blank lines. */
function isSql(text: string): boolean {
  for (const line of text.split('\n', SQL_LINES_MAX)) {
    if (SQL.test(line)) return true;
    if (!SQL_ABOVE.test(line)) return false;
  }
  return false;
}

function isMail(text: string): boolean {
  if (!MAIL_FIELD.test(text)) return false;
  for (const line of text.split(/\r?\n/)) {
    if (MAIL_OF_PARTS.test(line)) return true;
    if (!MAIL_FIELD.test(line) && !/^[ \t]/.test(line)) return false;
  }
  return false;
}
