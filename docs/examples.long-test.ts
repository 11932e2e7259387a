/** Examples that are modules pass the type check, which reads all sources, and their plugins keep the budgets at the full length. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, modulesOf, refreshConsole } from './console-blocks.ts';
import { consolePages, ROOT } from './pages.ts';

test('modules of the pages pass the type check', async () => {
  await inFolder(async (folder) => {
    for (const page of consolePages()) {
      // a folder for each page: the modules of a page import each other
      const own = path.join(folder, path.basename(page, '.md'));
      const modules = modulesOf(fs.readFileSync(page, 'utf8'));
      if (modules.size > 0) fs.mkdirSync(own);
      for (const [file, module] of modules) fs.writeFileSync(path.join(own, file), module);
    }
    const config = {
      extends: path.join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        typeRoots: [path.join(ROOT, 'node_modules/@types')],
        rewriteRelativeImportExtensions: false,
      },
      include: ['**/*.ts'],
      exclude: ['node_modules'],
    };
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    assert.is(status, 0, stdout);
  });
});

test('plugins of the pages keep the budgets', async () => {
  for (const page of consolePages()) {
    const text = fs.readFileSync(page, 'utf8');
    if (modulesOf(text).size > 0) assert.fixture(await refreshConsole(text), text, page);
  }
});

test.run();
