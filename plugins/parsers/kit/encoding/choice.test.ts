/** Which encoding a feed is read in: declared, detected, or refused. */
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../../core/errors.ts';
import { chooseEncoding, EncodingWatch, encodingReason } from './index.ts';
import { cut, decode } from './testing/chunks.ts';

const opener = (bytes: Uint8Array) => () => cut(bytes, 11);
const auto = { declared: 'auto' };

test('a BOM wins over the declared encoding', async () => {
  const le = Uint8Array.of(0xff, 0xfe, 97, 0);
  assert.equal(await chooseEncoding(opener(le), { declared: 'windows-1252' }), {
    encoding: 'utf-16le',
    bom: true,
    reason: 'bom',
    confidence: 1,
  });
  assert.is((await chooseEncoding(opener(Uint8Array.of(0xff, 0xfe, 0, 0)), auto)).encoding, 'utf-32le');
  assert.is(
    (await chooseEncoding(opener(Uint8Array.of(0xff, 0xfe, 0, 0)), { declared: 'utf-16' })).encoding,
    'utf-16le',
  );
  assert.equal(await chooseEncoding(opener(Uint8Array.of(0xe9)), { declared: 'Latin-1' }), {
    encoding: 'iso-8859-1',
    bom: false,
    reason: 'declared',
    confidence: 1,
  });
  assert.is((await chooseEncoding(opener(Uint8Array.of(97, 0)), { declared: 'utf-16' })).encoding, 'utf-16le');
  assert.is((await chooseEncoding(opener(new Uint8Array(0)), auto)).reason, 'valid utf-8');
});

test('a refusal shows a word that the two most likely encodings read differently', async () => {
  const bytes = iconv.encode('1,Größe\n2,œuvre\n', 'iso-8859-15');
  const refused = await chooseEncoding(opener(bytes), auto).then(
    () => null,
    (error: RelayError) => error,
  );
  assert.is(refused?.code, 'DECODE_ERROR');
  assert.match(refused?.message ?? '', 'iso-8859-15 ("œuvre") or windows-1252 ("½uvre")');
});

test('auto finds the encoding or refuses; it never reads wrongly', async () => {
  const texts: [string, string, boolean][] = [
    ['windows-1252', '1,Café crème\n2,Müller Straße\n', true],
    ['windows-1252', '1,17” wheel – Relay™\n', true],
    ['windows-1252', '1,Señor piñata\n2,20° angle, £5\n', true],
    ['windows-1250', '1,Gdańsk łódź żółty\n2,ścieżka\n', true],
    ['windows-1250', '1,Příliš žluťoučký kůň\n', true],
    ['iso-8859-2', '1,Příliš žluťoučký kůň\n', false],
    ['windows-1251', '1,Шина зимняя\n2,Колесо литое чёрное\n', true],
    ['koi8-r', '1,Шина зимняя\n2,Колесо литое чёрное\n', false],
    ['cp866', '1,Шина зимняя\n2,Колесо литое чёрное\n', false],
    ['shift_jis', '1,タオル 青\n2,自転車用ライト\n', true],
    ['euc-jp', '1,タオル 青\n2,自転車用ライト\n', true],
    ['gbk', '1,红色毛巾\n2,自行车灯,黑色\n', true],
    ['big5', '1,紅色毛巾\n2,自行車燈,黑色\n', true],
    ['euc-kr', '1,빨간 수건\n2,자전거 조명,검정\n', true],
    ['windows-1254', '1,Işık kırmızı\n2,Güneş gözlüğü\n', true],
    ['windows-1253', '1,Πετσέτα κόκκινη\n2,Φως ποδηλάτου\n', true],
    ['windows-1257', '1,Žalias kėdė šešių\n2,Didžioji dėžė\n', true],
    ['windows-1255', '1,מגבת אדומה\n', false],
    ['windows-1256', '1,منشفة حمراء\n', false],
    ['windows-874', '1,ผ้าขนหนูสีแดง\n', false],
    ['cp850', '1,Café crème\n2,Müller\n', false],
    ['cp437', '1,Café\n2,17½ in\n', false],
    ['macintosh', '1,Café crème\n2,Müller Straße\n', false],
    ['utf-16le', 'sku,title\n1,Café\n', true],
    ['utf-16be', 'sku,title\n1,タオル,12,34.5\n', true],
  ];
  for (const [encoding, text, must] of texts) {
    const bytes = iconv.encode(text, encoding);
    let choice: string | null = null;
    try {
      choice = (await chooseEncoding(opener(bytes), auto)).encoding;
    } catch (error) {
      assert.is((error as RelayError).code, 'DECODE_ERROR');
    }
    if (choice === null) assert.not(must, `${encoding} refused: ${text}`);
    else assert.is(await decode(bytes, choice), text, `${encoding} as ${choice}`);
  }
});

test('a few NULs do not make UTF-16, but text beyond Latin does', async () => {
  for (const text of ['sku,qty\nA\0B,1\nC,2\n', 'a\0\0\0b,1\nc,2\n'])
    assert.is((await chooseEncoding(opener(Buffer.from(text)), auto)).encoding, 'utf-8');
  const text = 'sku,title\n1,Шина зимняя литая чёрная\n2,タオル 青 自転車用ライト\n';
  for (const encoding of ['utf-16le', 'utf-16be'])
    assert.is((await chooseEncoding(opener(iconv.encode(text, encoding)), auto)).encoding, encoding);
});

test('auto keeps to its candidates, then takes the fallback, then refuses', async () => {
  const sjis = iconv.encode('1,タオル 青\n2,自転車用ライト\n', 'shift_jis');
  const amazon = ['windows-1252', 'shift_jis'];
  assert.is((await chooseEncoding(opener(sjis), { declared: 'auto', candidates: amazon })).encoding, 'shift_jis');
  const fallback = await chooseEncoding(opener(Uint8Array.of(97, 0x81, 0x8d)), {
    declared: 'auto',
    candidates: [],
    fallback: 'latin1',
  });
  assert.equal([fallback.encoding, fallback.reason], ['iso-8859-1', 'fallback']);
  for (const bytes of [Uint8Array.of(97, 0x81, 0x8d, 0xff), iconv.encode('\u001b$B', 'latin1')]) {
    try {
      await chooseEncoding(opener(bytes), { declared: 'auto', candidates: ['windows-1252'] });
      assert.unreachable();
    } catch (error) {
      assert.is((error as RelayError).code, 'DECODE_ERROR');
    }
  }
});

test('a refusal names the possible readings', async () => {
  const refusalOf = async (bytes: Uint8Array, candidates?: string[]): Promise<string> => {
    try {
      const choice = await chooseEncoding(opener(bytes), { declared: 'auto', ...(candidates ? { candidates } : {}) });
      return `read as ${choice.encoding}`;
    } catch (error) {
      assert.is((error as RelayError).code, 'DECODE_ERROR');
      assert.type((error as RelayError).details.byte_offset, 'number');
      return (error as Error).message;
    }
  };
  const thin = await refusalOf(Buffer.from('1,\xca kost\n', 'latin1'), ['windows-1251', 'koi8-r', 'windows-1252']);
  assert.match(thin, /byte 2 \(line 1\)/);
  assert.match(thin, /windows-125. \("/);
  const mixed = Buffer.concat([Buffer.from('1,Café\n2,Müller\n3,'), Buffer.from('Stra\xdfe\n', 'latin1')]);
  assert.match(await refusalOf(mixed), /byte 24 \(line 3\).*2 other sequences in it are utf-8/);
  assert.match(await refusalOf(Buffer.from('a,Café').subarray(0, 6)), /byte 5 \(line 1\)/);
  assert.match(await refusalOf(Buffer.from('~{<:Ky~},a\n')), /HZ/);
  assert.match(await refusalOf(Buffer.from('a,\xfe\n', 'latin1'), ['us-ascii']), /none of the encodings/);
});

test('a choice records its confidence and the runner-up', async () => {
  const choice = await chooseEncoding(opener(iconv.encode('1,Gdańsk łódź żółty\n2,ścieżka\n', 'windows-1250')), auto);
  assert.is(choice.encoding, 'windows-1250');
  assert.ok(choice.confidence > 0.85 && choice.confidence < 1);
  assert.match(encodingReason(choice), /^detected, confidence 0\.\d+, before /);
  assert.is(encodingReason({ encoding: 'utf-8', bom: true, reason: 'bom', confidence: 1 }), 'bom');
});

test('text with a few Western signs and no letters outside ASCII is windows-1252', async () => {
  const read = async (text: string) => {
    const bytes = Uint8Array.from(text, (sign) => sign.charCodeAt(0));
    return chooseEncoding(() => cut(bytes, 64), { declared: 'auto' }).catch((error) => error.code);
  };
  for (const sign of ['\x80', '\x96', '\x95', '\xa9', '\xbd', '\xb5', '\xa3']) {
    const choice = await read(`sku,qty,title\nA,1,Lamp ${sign} 5\nB,2,y\n`);
    assert.equal([choice.encoding, choice.reason], ['windows-1252', 'detected'], JSON.stringify(sign));
  }
  assert.is((await read('sku,qty,price (\xa3)\nA,1,2\n')).encoding, 'windows-1252');
  const texts = [
    ...[
      '16\xd812',
      '5\xd8',
      '\xd8',
      '\xd8 12 mm',
      'M8\xd710',
      '5 \xd7 7',
      '\xae',
      '\x99',
      'A \xb7 B',
      '\xb1 5',
      '\xb15',
    ],
    ...[
      '5\xb2',
      '5\xa2',
      '\xa55',
      '3\xbe',
      '\xb0',
      '45\xb030',
      '\xa7 5',
      '\x86',
      '5 \x85',
      '\x85',
      '10\x85',
      '5\xb2 \xd7 \xae',
    ],
  ];
  for (const text of texts) {
    const choice = await read(`sku,title,qty\nA,Lamp,1\nB,${text},2\n`);
    assert.is(choice.encoding, 'windows-1252', text);
  }
  const warned: [string, string | undefined][] = [
    ['5 \x80', undefined],
    ['20\xb0', undefined],
    ['5\xd8', 'windows-1252 ("5Ø"), not windows-1251 ("5Ш")'],
    ['5 \xd7 7', 'windows-1252 ("×"), not koi8-r ("в")'],
  ];
  for (const [text, likely] of warned) {
    const choice = await read(`sku,title,qty\nA,Lamp,1\nB,${text},2\n`);
    assert.is(choice.likely, likely, text);
    const reports = likely === undefined ? [] : [{ code: 'encoding_likely', detail: likely, examples: [] }];
    assert.equal(new EncodingWatch(choice).reports(), reports);
  }
  // two signs side by side, or most lone letters, may be letters of another script; 0xF8 is \xf8 or a degree sign, 0x85 is à
  const open = [
    ...[
      '\xac\xa0',
      'x \xf8 y',
      '\xff\xff',
      'ab\xff\xffcd',
      'a\xffb',
      '\xff',
      '12\xf88',
      '10\xf8',
      '16\xf812',
      '\xb2',
      'L\xb2',
    ],
    ...['Lampe \x85 pied', 'qualit\x85', 'A\xb7B', '\xe1', '\xa2', 'x\xd8x'],
  ];
  for (const text of open) {
    for (const feed of [`sku,qty,title\nA,1,${text}\n`, `sku,title,qty\nA,${text},1\nB,Lamp,2\n`]) {
      assert.is(await read(feed), 'DECODE_ERROR', JSON.stringify(feed));
    }
  }
});

test.run();
