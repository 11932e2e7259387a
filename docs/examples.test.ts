/** Runs every example in the pages: commands print what the page shows, and modules run. `examples.long-test.ts` checks types and budgets. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDocument } from 'yaml';
import { refreshConsole, SHORT_CONFORMANCE } from './console-blocks.ts';
import { blocksOf, consolePages, ROOT } from './pages.ts';

const test = suite('docs: examples');

for (const page of consolePages()) {
  const name = path.relative(ROOT, page);
  const text = fs.readFileSync(page, 'utf8');
  if (blocksOf(text).some(({ info }) => info === 'console' || info.startsWith('ts run '))) {
    test(`${name}: examples print what the page shows`, async () => {
      assert.fixture(await refreshConsole(text, SHORT_CONFORMANCE), text, `${name} is stale: npm run docs`);
    });
  }

  test(`${name}: snippets of YAML and JSON can be parsed`, () => {
    // files of an example may be broken on purpose, and are used by its commands
    for (const { info, lines, first } of blocksOf(text).filter((block) => ['yaml', 'json'].includes(block.info))) {
      const errors = parseDocument(lines.join('\n')).errors.map(({ message }) => message);
      assert.equal(errors, [], `${name} line ${first + 1}, ${info}`);
    }
  });

  test(`${name}: links have a target`, () => {
    for (const [, target] of text.replace(/```[\s\S]*?\n```/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [file, anchor] = target!.split('#');
      const linked = file === '' ? page : path.resolve(path.dirname(page), file!);
      assert.ok(fs.existsSync(linked), `${name} links to ${target}`);
      if (anchor !== undefined)
        assert.ok(anchorsOf(fs.readFileSync(linked, 'utf8')).includes(anchor), `${name}: #${anchor}`);
    }
  });
}

test('source files named in the pages exist', () => {
  const folders = ['core', 'plugins', 'stores', 'api', 'worker', 'cli', 'conformance', 'bench/peers', 'deploy', 'docs'];
  const files = folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `/${folder}/${file.replaceAll('\\', '/')}`),
  );
  // only the top of bench/: below it are feeds and the packages of other tools
  files.push('/index.ts', ...fs.readdirSync(path.join(ROOT, 'bench')).map((file) => `/bench/${file}`));
  for (const page of consolePages()) {
    const text = fs.readFileSync(page, 'utf8').replace(/```[\s\S]*?\n```/g, '');
    for (const [, file] of text.matchAll(/`([\w/-]+\.(?:ts|mjs))`/g)) {
      const found = files.some((one) => one.endsWith(`/${file}`));
      assert.ok(found, `${path.relative(ROOT, page)} names ${file}`);
    }
  }
});

function anchorsOf(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!);
  return headings.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.run();
