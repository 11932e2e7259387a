/** A file that is read as a body is closed at its end, on `return` and after an error; a copy that fails leaves nothing. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../testing/folder.ts';
import { EmbeddedArtifactStore } from './artifacts.ts';
import { IN_PLACE } from './file-calls.ts';
import { FileBody, syncFolder } from './object-files.ts';
import { Signatures } from './signatures.ts';

const CLOSED = -1;
const CHUNK_BYTES = 2;

/** Calls `use` with a file of six bytes, opened in this mode. */
function withFile(flags: string, use: (file: fsp.FileHandle) => Promise<void>): Promise<void> {
  return inFolder(async (root) => {
    const name = path.join(root, 'feed.csv');
    await fsp.writeFile(name, 'abcdef');
    await use(await fsp.open(name, flags));
  });
}

test('a body that is read to its end closes its file', () =>
  withFile('r', async (file) => {
    const chunks: string[] = [];
    for await (const chunk of new FileBody(file, 1, 6, CHUNK_BYTES)) chunks.push(Buffer.from(chunk).toString());
    assert.equal([chunks, file.fd], [['bc', 'de', 'f'], CLOSED]);
  }));

test('a reader that stops early closes the file; a second return is harmless', () =>
  withFile('r', async (file) => {
    const body = new FileBody(file, 0, 6, CHUNK_BYTES);
    for await (const _ of body) break;
    assert.is(file.fd, CLOSED);
    assert.equal(
      [await body.return(), await body.next()].map(({ done }) => done),
      [true, true],
    );
  }));

test('a file that cannot be read, or has become shorter, is closed', async () => {
  await withFile('a', async (file) => {
    const error = await new FileBody(file, 0, 6).next().catch((thrown) => thrown);
    assert.equal([error.code, file.fd], ['EBADF', CLOSED]);
  });
  await withFile('r', async (file) => {
    const error = await new FileBody(file, 6, 7).next().catch((thrown) => thrown);
    assert.equal([error.code, file.fd], ['io_error', CLOSED]);
  });
});

test('a folder that the system cannot sync is left; any other failure is told', async () => {
  for (const [code, isTold] of [
    ...['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].map((one) => [one, false] as const),
    ...['EIO', 'ENOENT', undefined].map((one) => [one, true] as const),
  ]) {
    const open = () => {
      throw Object.assign(new Error('no'), { code });
    };
    const told = await syncFolder('x', { ...IN_PLACE, open }).then(
      () => false,
      () => true,
    );
    assert.is(told, isTold, code);
  }
});

test('a copy that cannot be written fails and leaves nothing', () =>
  inFolder(async (root) => {
    const clock = { wall: () => 0 };
    const signatures = new Signatures(new Uint8Array(32));
    const store = new EmbeddedArtifactStore({ root, clock, createId: randomUUID, signatures, baseUrl: '' });
    await store.open();
    for (const key of ['from', 'file']) {
      const sink = await store.write(key);
      await sink.write(new TextEncoder().encode('abc'));
      await sink.close();
    }
    const names = () =>
      ['objects', 'partial'].flatMap((name) =>
        fs.readdirSync(path.join(root, name), { recursive: true }).map(String).sort(),
      );
    const before = names();
    const error = await store.copy('from', 'file/below').then(
      () => null,
      (thrown) => thrown,
    );
    assert.ok(error !== null, 'it did not fail');
    assert.equal(names(), before);
  }));

test.run();
