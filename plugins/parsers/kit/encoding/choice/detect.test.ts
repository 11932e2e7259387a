import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EncodingInfo, encodingInfo } from '../names.ts';
import { rankReadings } from './detect.ts';
import { surveyBytes } from './survey.ts';

const test = suite('readings');

/** The encodings that read a file with a word too long for a sample, whose last byte is `last`. */
async function readingsOf(last: number, names: readonly string[]): Promise<string[]> {
  const bytes = Buffer.concat([Buffer.from('Größe\nMöbel\n', 'latin1'), Buffer.alloc(5000, 'x'), Buffer.of(last, 10)]);
  const open = async function* () {
    yield new Uint8Array(bytes);
  };
  const candidates = names.map((name) => encodingInfo(name) as EncodingInfo);
  const readings = await rankReadings(open, await surveyBytes(open()), candidates);
  return readings.map(({ name }) => name).sort();
}

test('an encoding that lacks a byte of the file is ruled out, even if no sample has the byte', async () => {
  assert.equal(await readingsOf(0xe4, ['windows-1252']), ['windows-1252']);
  assert.equal(await readingsOf(0x81, ['windows-1252', 'cp850']), ['cp850']);
});

test('encodings that agree on all samples but not on the whole file are two readings', async () => {
  assert.is((await readingsOf(0xe4, ['windows-1252', 'iso-8859-15'])).length, 1);
  assert.equal(await readingsOf(0xa4, ['windows-1252', 'iso-8859-15']), ['iso-8859-15', 'windows-1252']);
});

test.run();
