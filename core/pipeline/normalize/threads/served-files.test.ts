/** Scratch files that the run keeps for its threads, and how their calls are answered. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../errors.ts';
import type { ScratchFile } from '../../../ports/engine.ts';
import { answerTo, ServedFiles, type ThreadCall } from './served-files.ts';

function files() {
  const done: string[] = [];
  const made = (name: string) =>
    ({
      write: (bytes: Uint8Array) => void done.push(`${name} write ${bytes.length}`),
      read: (position: number, into: Uint8Array) => {
        done.push(`${name} read ${position}`);
        return into.length;
      },
      remove: () => void done.push(`${name} removed`),
      ...(name === 'made 2' ? { file: { path: name, fd: 7 } } : {}),
    }) as unknown as ScratchFile;
  let count = 0;
  return { done, made, served: new ServedFiles(() => made(`made ${++count}`)) };
}

test('files that threads ask for are removed, and those of the caller are not', async () => {
  const { done, made, served } = files();
  const own = served.add(made('own'));
  assert.equal(await served.serve('createScratch', []), [own + 1, null]);
  assert.equal(await served.serve('createScratch', []), [own + 2, { path: 'made 2', fd: 7 }]);
  await served.serve('createScratch', []);
  assert.is(await served.serve('spill', [own + 1, new Uint8Array(5)]), null);
  assert.is(await served.serve('read', [own, 9, new Uint8Array(3)]), 3);
  assert.is(await served.serve('remove', [own + 1]), null);
  await served.serve('remove', [own]);
  assert.equal(done, ['made 1 write 5', 'own read 9', 'made 1 removed']);
  for (const gone of [own, own + 1, 99]) assert.throws(() => served.get(gone));
  await served.removeAll();
  assert.equal(done.slice(3), ['made 2 removed', 'made 3 removed']);
  await served.removeAll();
  assert.is(done.length, 5);
});

test('a failure is an answer', async () => {
  const call: ThreadCall = { type: 'call', call: 4, method: 'read', args: [1] };
  assert.equal(await answerTo(call, (method, args) => Promise.resolve([method, ...args])), {
    ...{ type: 'answer', call: 4, value: ['read', 1], error: null },
  });
  const answer = await answerTo(call, () => Promise.reject(new RelayError('invalid_input', 'why')));
  assert.equal([answer.type, answer.call, answer.value], ['answer', 4, null]);
  assert.match(JSON.stringify(answer.error), 'invalid_input');
});

test.run();
