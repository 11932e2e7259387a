/** The tables of fields and methods in `PLUGINS.md` agree with the sources, types included. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './pages.ts';

const PAGE = fs.readFileSync(path.join(ROOT, 'docs', 'PLUGINS.md'), 'utf8');
const CONTRACT = fs.readFileSync(path.join(ROOT, 'core', 'plugin.ts'), 'utf8');
const MONEY = fs.readFileSync(path.join(ROOT, 'core', 'money', 'money.ts'), 'utf8');

const test = suite('docs: plugins, fields');

for (const name of ['FeedRow', 'Row', 'FeedReport', 'PriceStep', 'Offer']) {
  test(`the table of ${name} agrees with core/plugin.ts`, () => assert.equal(shown(name), fieldsOf(name)));
}

test('the table of Money agrees with its class', () => {
  const methods = MONEY.matchAll(/^ {2}(static )?(get )?(\w+)(\([^\n]*?\))?: ([^\n]+) \{$/gm);
  const own = [...methods].map(([, isStatic, isGetter, method, parameters, type]) => [
    `${isStatic ? 'Money.' : ''}${method}`,
    isGetter ? type : `${parameters}: ${type}`,
  ]);
  assert.ok(own.length > 10);
  assert.equal(shown('Money'), own);
});

function fieldsOf(name: string): string[][] {
  const body = CONTRACT.split(`export interface ${name} {\n`)[1]!.split('\n}\n')[0]!;
  const members = body.matchAll(/^ {2}(?:readonly )?(\w+)\??(\(.*\))?: (.+);$/gm);
  return [...members].map(([, member, parameters, type]) => [member!, parameters ? `${parameters}: ${type}` : type!]);
}

/** The first two columns of the table under the type's name. */
function shown(name: string): string[][] {
  const table = PAGE.split(`| \`${name}\` | type | |\n|---|---|---|\n`)[1]?.split('\n\n')[0];
  assert.ok(table !== undefined, `PLUGINS.md has no table of ${name}`);
  const rows = table.matchAll(/^\| `([^`]+)` \| `([^`]+)` \|/gm);
  return [...rows].map(([, field, type]) => [field!, type!.replaceAll('\\|', '|')]);
}

test.run();
