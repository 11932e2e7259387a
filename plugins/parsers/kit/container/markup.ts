/** Recognizes documents that are text but no table, such as HTML that was saved as `.xls`, by their first characters. */

/** A cell such as `<TICKER>` has a separator after it and is no markup. The patterns start at the beginning and are linear. */
const MARKUP: ReadonlyArray<readonly [start: RegExp, what: string]> = [
  [/^\s*(\{\s*["{}]|\[\s*["{[\]])/, 'JSON; export the table as CSV'],
  [
    /^\s*<\?xml\b[^>]*>\s*(<\?mso-application progid="Excel|<Workbook\b)/i,
    'an XML spreadsheet of Excel 2003; open it in a spreadsheet and save it as .xlsx or CSV',
  ],
  [
    /^\s*<(!doctype\s+html|html|head|body|table|meta|style|div)\b/i,
    'HTML; open it in a spreadsheet and save the sheet as .xlsx or CSV',
  ],
  [
    /^\s*<!--[^<]{0,400}<(!doctype\s+html|html|head|body|table|meta|style)\b/i,
    'HTML; open it in a spreadsheet and save the sheet as .xlsx or CSV',
  ],
  [/^\s*<(\?xml|!doctype|!--|[a-z_][\w:.-]*(\s[^<>]*)?\/?>(?!["']?[,;|\t]))/i, 'XML; export the table as CSV'],
  [
    /^\s*(mime-version|content-type|from|subject)\s*:[^\n]*\n(.*\n){0,6}?\s*(content-type|boundary|mime-version)\b/i,
    'a web archive (MHTML); open it in a spreadsheet and save the sheet as .xlsx or CSV',
  ],
  [/^\s*\{\\rtf/i, 'a document (RTF); export the table as CSV'],
];

/** Characters that are looked at. */
const HEAD_CHARS = 4096;

/** What the document is and what to do with it; null for anything else. */
export function markupOf(text: string): string | null {
  const head = text.slice(0, HEAD_CHARS).replace(/^\ufeff/, '');
  return MARKUP.find(([start]) => start.test(head))?.[1] ?? null;
}

/** The same of a file's first bytes, in any encoding that has ASCII as single bytes or, as UTF-16, with NULs. */
export function markupOfBytes(head: Uint8Array): string | null {
  let text = '';
  for (const byte of head) if (byte !== 0 && byte < 0x80) text += String.fromCharCode(byte);
  return markupOf(text);
}
