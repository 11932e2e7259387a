/** The small files of the package. Each loads the product and runs or exports one of its entries. */
import path from 'node:path';
import { COMMAND } from './entries.ts';

/** A program, at the place of its source file. Programs below `cli/` are CommonJS. */
export function programFile(source: string, bundle: string): string {
  const up = path.posix.relative(path.posix.dirname(source), '.');
  const isCommand = source === COMMAND;
  const use = isCommand ? "process.argv[2] === 'check' ? 'check' : 'all'" : "'all'";
  const options = `{ use: ${use}, mayKeepCode: ${isCommand} }`;
  const run = `launch(path.join(__dirname, '${up}/${bundle}'), ${options})['${source}']();`;
  if (source.startsWith('cli/')) {
    const open = source === COMMAND ? '#!/usr/bin/env node\n' : '';
    return `${open}const path = require('node:path');\nconst { launch } = require('${up}/launch.cjs');\n${run}\n`;
  }
  const imports = "import path from 'node:path';\nimport { fileURLToPath } from 'node:url';\n";
  const here = 'const __dirname = path.dirname(fileURLToPath(import.meta.url));\n';
  return `${imports}import { launch } from '${up}/launch.cjs';\n${here}${run}\n`;
}

/** A module with the exports of a source file. */
export function libraryFile(source: string, bundle: string, names: readonly string[]): string {
  const up = path.posix.relative(path.posix.dirname(source), '.') || '.';
  const list = names.map((name) => `  ${name},\n`).join('');
  return `import relay from '${up}/${bundle}';\n\nexport const {\n${list}} = relay['${source}']();\n`;
}
