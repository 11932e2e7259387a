/** `npm run docs`: writes `CONFIG_SPEC.md`, and updates outputs in the other pages, parameters in `INFRA.md` and warnings in `ERRORS.md`. */
import fs from 'node:fs';
import { configSpec } from './config-spec.ts';
import { refreshConsole } from './console-blocks.ts';
import { consolePages } from './pages.ts';
import { withParameters } from './parameters.ts';
import { withWarnings } from './warnings.ts';

fs.writeFileSync(new URL('CONFIG_SPEC.md', import.meta.url), configSpec());
for (const page of consolePages()) {
  const before = fs.readFileSync(page, 'utf8');
  const after = await refreshConsole(before);
  if (after !== before) fs.writeFileSync(page, after);
}
const infra = new URL('INFRA.md', import.meta.url);
fs.writeFileSync(infra, withParameters(fs.readFileSync(infra, 'utf8')));
const errors = new URL('ERRORS.md', import.meta.url);
fs.writeFileSync(errors, withWarnings(fs.readFileSync(errors, 'utf8')));
