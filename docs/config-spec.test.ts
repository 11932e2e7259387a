/** Holds `CONFIG_SPEC.md`, the table of meanings and the examples to the schema and the manifests. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { checkConfig } from '../core/config/check.ts';
import { Registry } from '../core/registry.ts';
import { BUILTIN_PLUGINS } from '../plugins/index.ts';
import { builtinManifests, configFields, configSpec, EXAMPLES, optionFields } from './config-spec.ts';
import { CONFIG_MEANINGS, type Meaning, OPTION_MEANINGS } from './meanings.ts';
import { ROOT } from './pages.ts';
import type { Field } from './schema-fields.ts';

const DOCS = path.join(ROOT, 'docs');
const [MINIMAL, FULL] = EXAMPLES;

const test = suite('docs: config spec');

test('the page is what npm run docs would write', () => {
  const page = fs.readFileSync(path.join(DOCS, 'CONFIG_SPEC.md'), 'utf8');
  const fresh = configSpec();
  assert.ok(page === fresh, 'docs/CONFIG_SPEC.md is stale: npm run docs');
  const again = configSpec();
  assert.ok(fresh === again, 'two generations differ');
});

for (const [name, meanings, fields] of [
  ['config', CONFIG_MEANINGS, configFields()],
  ['plugin options', OPTION_MEANINGS, builtinManifests().flatMap(optionFields)],
] as const) {
  test(`${name}: each path has a meaning, each meaning a path`, () => {
    assert.equal(Object.keys(meanings).sort(), fields.map((field) => field.path).sort());
    for (const [path, { text }] of Object.entries(meanings)) assert.ok(text.length > 0, path);
  });

  test(`${name}: limits in words are those of the schema`, () => {
    for (const field of fields) assertLimit(field, meanings[field.path]!);
  });
}

test('both examples load', () => {
  for (const file of EXAMPLES) {
    const checked = checkConfig(readExample(file), new Registry(BUILTIN_PLUGINS));
    assert.ok(checked.ok, `${file}: ${JSON.stringify(checked)}`);
  }
});

test('the minimal example has required fields only, and all of them', () => {
  const required = configFields().filter((field) => field.required);
  const paths = [...pathsOf(readExample(MINIMAL))].filter((one) => !one.endsWith('[]'));
  const outer = required.filter(
    (field) => !/^(validators|pricing\.rules|vendors\[\]\.(validators|sku_map))\b/.test(field.path),
  );
  assert.equal(paths.sort(), outer.map((field) => field.path).sort());
});

test('the full example sets every field and uses every built-in plugin', () => {
  const full = readExample(FULL);
  const paths = pathsOf(full);
  const unset = configFields().filter(({ path }) => !path.endsWith('*') && !paths.has(path));
  assert.equal(
    unset.map((field) => field.path),
    [],
  );
  const text = JSON.stringify(full);
  for (const { id } of BUILTIN_PLUGINS.map((plugin) => plugin.manifest)) assert.ok(text.includes(`"${id}"`), id);
});

test('the csv parser takes the delimiters and encodings that the page names', () => {
  const problems = (parser: object) => {
    const raw = readExample(MINIMAL) as { vendors: Array<{ parser: object }> };
    raw.vendors[0]!.parser = { format: 'csv', ...parser };
    const checked = checkConfig(raw, new Registry(BUILTIN_PLUGINS));
    return checked.ok ? [] : checked.problems.map((problem) => problem.path);
  };
  for (const delimiter of [';', '~|~|', '\t', 'auto']) assert.equal(problems({ delimiter }), [], delimiter);
  for (const delimiter of ['~|~|~', '"', ',\n', '']) {
    assert.equal(problems({ delimiter }), ['vendors[0].parser.delimiter'], delimiter);
  }
  for (const encoding of ['UTF_8', 'Windows 1252', 'auto', 'AUTO']) assert.equal(problems({ encoding }), [], encoding);
  assert.equal(problems({ encoding: 'utf-9' }), ['vendors[0].parser.encoding']);
});

function assertLimit(field: Field, { limit }: Meaning): void {
  if (limit === undefined) {
    assert.not.ok(field.hasCustomLimit, `${field.path} has a limit that docs/meanings.ts does not say`);
    return;
  }
  assert.ok(field.hasCustomLimit, `${field.path} has no limit in code`);
  for (const value of limit.accepts) {
    assert.ok(field.schema.safeParse(value).success, `${field.path} refuses ${JSON.stringify(value)}`);
  }
  for (const value of limit.refuses) {
    assert.not.ok(field.schema.safeParse(value).success, `${field.path} takes ${JSON.stringify(value)}`);
  }
}

function readExample(file: string): unknown {
  const text = fs.readFileSync(path.join(DOCS, file), 'utf8');
  return file.endsWith('.json') ? JSON.parse(text) : parse(text);
}

/** Paths of a config in the form of the page; what plugins and maps hold is left out. */
function pathsOf(value: unknown, base = ''): Set<string> {
  const paths = new Set<string>();
  if (base !== '') paths.add(base);
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === 'object') for (const path of pathsOf(one, `${base}[]`)) paths.add(path);
  } else if (typeof value === 'object' && value !== null && !/(options|with|column_map|best_offer)$/.test(base)) {
    for (const [key, one] of Object.entries(value)) {
      for (const path of pathsOf(one, base === '' ? key : `${base}.${key}`)) paths.add(path);
    }
  }
  return paths;
}

test.run();
