/** Content types of objects: those of their names, and those that are noted for one state. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../testing/folder.ts';
import { ContentTypes } from './content-types.ts';
import { type FileCalls, IN_PLACE } from './file-calls.ts';

const withTypes = (use: (types: ContentTypes, notes: () => string[], partial: string) => Promise<void>) =>
  inFolder(async (root) => {
    const folder = path.join(root, 'types');
    const notes = () => (fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }).map(String) : []).sort();
    await use(new ContentTypes(folder, IN_PLACE), notes, path.join(root, 'partial'));
  });

test('a type that the name gives is not noted, any other is, for its state alone', () =>
  withTypes(async (types, notes, partial) => {
    const save = (key: string, etag: string, contentType: string | null, now: object | null = null) =>
      types.save(key, { etag, contentType }, async () => now as never, partial);
    await save('a.csv', 'e1', types.of('a.csv', 'e1'));
    assert.equal(notes(), []);
    await save('a.csv', 'e2', 'x/y', { etag: 'e1', contentType: 'old/type' });
    assert.equal([types.of('a.csv', 'e1'), types.of('a.csv', 'e2')], ['old/type', 'x/y']);
    assert.is(types.of('a.csv', 'e3'), types.of('b.csv', 'e3'));
    await save('a.csv', 'e3', null, { etag: 'e2', contentType: 'x/y' });
    assert.equal([types.of('a.csv', 'e2'), types.of('a.csv', 'e3')], ['x/y', null]);
    await save('b.csv', 'e1', 'x/z');
    assert.equal([types.of('b.csv', 'e1'), types.of('a.csv', 'e3')], ['x/z', null]);
    await types.remove('a.csv');
    await types.remove('a.csv');
    assert.equal([types.of('a.csv', 'e3'), types.of('b.csv', 'e1')], [types.of('c.csv', 'e3'), 'x/z']);
  }));

test('a note that cannot be written fails, in a folder that is made for it', () =>
  inFolder(async (root) => {
    const calls: FileCalls = { ...IN_PLACE };
    const types = new ContentTypes(path.join(root, 'types'), calls);
    const save = () =>
      types
        .save('a', { etag: 'e', contentType: 'x/y' }, async () => null, path.join(root, 'partial'))
        .then(
          () => null,
          (error) => error.code,
        );
    assert.is(await save(), null);
    const names = fs.readdirSync(path.join(root, 'types'), { recursive: true }).map(String).sort();
    assert.equal(
      names.map((name) => name.length),
      [2, 2 + 1 + 62],
    );
    let renames = 0;
    calls.rename = () => {
      renames++;
      throw Object.assign(new Error('no'), { code: 'EIO' });
    };
    assert.equal([await save(), renames], ['EIO', 1]);
  }));

test('a note that cannot be read is none', () =>
  withTypes(async (types, notes, partial) => {
    await types.save('a.csv', { etag: 'e', contentType: 'x/y' }, async () => null, partial);
    const file = path.join(path.dirname(partial), 'types', notes().at(-1) ?? '');
    for (const [text, type] of [
      ['{"e":"x/z"}', 'x/z'],
      ['{"e":7}', null],
      ['{', types.of('b.csv', 'e')],
      ['null', types.of('b.csv', 'e')],
      ['"e"', types.of('b.csv', 'e')],
      ['{}', types.of('b.csv', 'toString')],
    ] as const) {
      fs.writeFileSync(file, text);
      assert.is(types.of('a.csv', 'e'), type, text);
    }
    assert.is(types.of('a.csv', 'toString'), types.of('b.csv', 'e'));
  }));

test.run();
