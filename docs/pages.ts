/** The pages for readers, and their fenced blocks. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every page whose examples are run: `README.md`, `CONTRIBUTING.md` and all of `docs/`. */
export function consolePages(): string[] {
  const docs = path.join(ROOT, 'docs');
  const pages = fs.readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return [
    path.join(ROOT, 'README.md'),
    path.join(ROOT, 'CONTRIBUTING.md'),
    ...pages.sort().map((name) => path.join(docs, name)),
  ];
}

export interface CodeBlock {
  /** The text after the opening fence. */
  info: string;
  /** The lines inside. */
  lines: string[];
  /** Index of the line of the opening fence, and of the closing one. */
  first: number;
  last: number;
}

/** The fenced blocks of a page. Lines of blocks inside lists lose their indentation. */
export function blocksOf(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: CodeBlock | null = null;
  let indent = '';
  for (const [index, line] of markdown.split('\n').entries()) {
    const inner = line.startsWith(indent) ? line.slice(indent.length) : line;
    if (open !== null && inner === '```') {
      blocks.push({ ...open, last: index });
      open = null;
    } else if (open !== null) open.lines.push(inner);
    else {
      const fence = /^( *)```(.*)$/.exec(line);
      if (fence === null) continue;
      indent = fence[1]!;
      open = { info: fence[2]!.trim(), lines: [], first: index, last: index };
    }
  }
  if (open !== null) throw new Error(`a fenced block is not closed: line ${open.first + 1}`);
  return blocks;
}
