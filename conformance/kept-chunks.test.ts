/** Chunks that a reader keeps do not change, from every source of the product and through the kit. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileSource } from '../cli/host/files.ts';
import { type ByteSource, DEFAULT_LIMITS } from '../core/ports/engine.ts';
import { memorySource } from '../plugins/in-memory/ports.ts';
import { openTable } from '../plugins/parsers/kit/container/container.ts';
import { decodeToUtf8 } from '../plugins/parsers/kit/encoding/index.ts';

/** A text longer than two chunks of any source. */
const TEXT = Array.from({ length: 90_000 }, (_, i) => `SKU-${i};${i % 97};9.50\n`).join('');

/** The bytes of chunks that were all kept until the end. */
async function keptBytes(chunks: AsyncIterable<Uint8Array>): Promise<{ count: number; bytes: Buffer }> {
  const kept: Uint8Array[] = [];
  for await (const chunk of chunks) kept.push(chunk);
  return { count: kept.length, bytes: Buffer.concat(kept) };
}

/** What is wrong with the source; null if readers may keep its chunks. */
async function keepingProblem(source: ByteSource, content: Uint8Array): Promise<string | null> {
  const { count, bytes } = await keptBytes(source.open());
  if (count < 2) return 'it gives one chunk: nothing is shown';
  return bytes.equals(content) ? null : 'a chunk changes after the next one was requested';
}

/** A source that reads every chunk into the same buffer. */
function reusingSource(content: Uint8Array): ByteSource {
  return {
    name: 'reused',
    size: content.length,
    async *open() {
      const buffer = new Uint8Array(64 * 1024);
      for (let at = 0; at < content.length; at += buffer.length) {
        const part = content.subarray(at, at + buffer.length);
        buffer.set(part);
        yield buffer.subarray(0, part.length);
      }
    },
  };
}

function onDisk(content: Uint8Array): { source: ByteSource; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-kept-'));
  fs.writeFileSync(path.join(folder, 'feed.csv'), content);
  return {
    source: fileSource(path.join(folder, 'feed.csv')),
    remove: () => fs.rmSync(folder, { recursive: true }),
  };
}

test('every source hands over its chunks for good; one that reuses its buffer is noticed', async () => {
  const content = Buffer.from(TEXT);
  assert.is(await keepingProblem(memorySource('feed.csv', content), content), null);
  const disk = onDisk(content);
  assert.is(await keepingProblem(disk.source, content), null);
  disk.remove();
  assert.is(await keepingProblem(reusingSource(content), content), 'a chunk changes after the next one was requested');
});

test('a file lends its chunks in one buffer if the reader asks for that', async () => {
  const content = Buffer.from(TEXT);
  const disk = onDisk(content);
  const parts: Buffer[] = [];
  const buffers = new Set<ArrayBufferLike>();
  for await (const chunk of disk.source.lend!()) {
    parts.push(Buffer.from(chunk));
    buffers.add(chunk.buffer);
  }
  disk.remove();
  assert.ok(parts.length > 1);
  assert.ok(Buffer.concat(parts).equals(content));
  assert.is(buffers.size, 1);
});

test('the kit hands over its chunks for good too, in every family of encodings and when unpacking', async () => {
  for (const [encoding, label] of [
    ['utf8', 'utf-8'],
    ['latin1', 'windows-1252'],
    ['latin1', 'gb18030'],
    ['utf16le', 'utf-16le'],
    ['ascii', 'us-ascii'],
  ] as const) {
    const source = memorySource('feed.csv', Buffer.from(TEXT, encoding));
    const { count, bytes } = await keptBytes(decodeToUtf8(source.open(), label));
    assert.ok(count > 1, label);
    assert.is(bytes.toString(), TEXT, label);
  }
  const disk = onDisk(gzipSync(TEXT, { level: 0 }));
  const { source } = await openTable(disk.source, { member: null, sheet: null, limits: DEFAULT_LIMITS });
  const { count, bytes } = await keptBytes(source.open());
  assert.ok(count > 1);
  assert.is(bytes.toString(), TEXT);
  disk.remove();
});

test.run();
