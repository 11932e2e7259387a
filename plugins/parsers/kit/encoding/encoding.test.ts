import fc from 'fast-check';
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../../core/errors.ts';
import {
  chooseEncoding,
  decodeToUtf8,
  ENCODING_NAMES,
  ENCODINGS,
  EncodingWatch,
  encodingReason,
  resolveEncoding,
} from './index.ts';

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.slice(i, i + size);
}

async function decode(bytes: Uint8Array, encoding: string, size = 7): Promise<string> {
  const out: Uint8Array[] = [];
  for await (const chunk of decodeToUtf8(cut(bytes, size), encoding)) out.push(Uint8Array.from(chunk));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(out));
}

async function refused(bytes: number[], encoding: string): Promise<[unknown, unknown]> {
  const at: [unknown, unknown][] = [];
  for (const size of [1, 2, 3, 5, 64]) {
    try {
      await decode(Uint8Array.from(bytes), encoding, size);
      return [null, null];
    } catch (error) {
      assert.instance(error, RelayError);
      const { code, details } = error as RelayError;
      assert.is(code, 'DECODE_ERROR');
      at.push([details.byte_offset, details.line]);
    }
  }
  for (const one of at) assert.equal(one, at[0]);
  return at[0]!;
}

test('labels', () => {
  const cases: [string, string | null][] = [
    ['UTF8', 'utf-8'],
    ['utf_8_sig', 'utf-8'],
    ['Latin 1', 'iso-8859-1'],
    ['CP-1252', 'windows-1252'],
    ['win1250', 'windows-1250'],
    ['Windows-31J', 'shift_jis'],
    ['cp949', 'euc-kr'],
    ['GB2312', 'gbk'],
    ['auto', null],
    ['utf-9', null],
  ];
  for (const [label, name] of cases) assert.is(resolveEncoding(label), name, label);
  for (const name of ENCODING_NAMES) assert.is(resolveEncoding(name), name);
  const labels = ENCODINGS.flatMap((e) => e.aliases.map((a) => [a, e.name]));
  for (const [alias, name] of labels) assert.is(resolveEncoding(alias!), name!, alias);
});

test('ill-formed UTF-8 is found where it starts, at any chunking', async () => {
  const a = 97;
  const cases: [number[], number, number][] = [
    [[a, 0x80], 1, 1],
    [[a, 10, 13, 10, 13, 0xc0, 0xaf], 5, 4],
    [[0xe0, 0x80, 0x80], 0, 1],
    [[a, 0xed, 0xa0, 0x80], 1, 1],
    [[0xf4, 0x90, 0x80, 0x80], 0, 1],
    [[0xf0, 0x8f, 0xbf, 0xbf], 0, 1],
    [[a, a, 10, 0xe2, 0x82], 3, 2],
    [[0xef, 0xbb, 0xbf, a, 0xff], 4, 1],
    [[...new Array(40).fill(a), 13, ...new Array(9).fill(a), 10, 0xc3, 0xa9, 0xf5], 53, 3],
  ];
  for (const [bytes, offset, line] of cases)
    assert.equal(await refused(bytes, 'utf-8'), [offset, line], bytes.join(' '));
});

test('the UTF-8 check agrees with TextDecoder on any bytes', async () => {
  const bytes = fc.array(
    fc.oneof(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 10, 13, 0x1a),
      fc.integer({ min: 0, max: 255 }),
    ),
    { maxLength: 24 },
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (list, size) => {
      const whole = Uint8Array.from(list);
      let expected: string | null = null;
      try {
        // an end mark of DOS, with what is after it, is no text
        expected = new TextDecoder('utf-8', { fatal: true }).decode(whole).replace(/\x1a[\x1a\0\r\n]*$/, '');
      } catch {}
      const got = await decode(whole, 'utf-8', size).catch(() => null);
      assert.is(got, expected);
    }),
    { numRuns: 2000 },
  );
});

test('what other encodings cannot hold is refused', async () => {
  const cases: [string, number[], number, number][] = [
    ['windows-1252', [97, 10, 0x81], 2, 2],
    ['us-ascii', [97, 98, 0xe9], 2, 1],
    ['utf-16le', [97, 0, 10, 0, 0x00, 0xd8, 97, 0], 4, 2],
    ['utf-16le', [97, 0, 0x0a, 0x0a, 0x00, 0xdc], 4, 1],
    ['utf-16le', [0xff, 0xfe, 97, 0, 98], 4, 1],
    ['utf-16', [0xfe, 0xff, 0, 97, 0xd8, 0], 4, 1],
    ['utf-32le', [97, 0, 0, 0, 0, 0, 0x11, 0], 4, 1],
    ['shift_jis', [97, 13, 0x82, 10], 2, 2],
    ['shift_jis', [0x82], 0, 1],
    ['gbk', [97, 0x81, 0x20], 1, 1],
    ['gb18030', [97, 0x81, 0x30, 0x81], 1, 1],
    ['euc-jp', [0x8f, 0xa2], 0, 1],
    ['big5', [10, 0xff], 1, 2],
    ['euc-kr', [0x81], 0, 1],
  ];
  for (const [encoding, bytes, offset, line] of cases)
    assert.equal(await refused(bytes, encoding), [offset, line], `${encoding} ${bytes}`);
});

test('a real U+FFFD is no error, and the first BOM alone is removed', async () => {
  assert.is(await decode(Uint8Array.of(0xfd, 0xff, 97, 0), 'utf-16le'), '\ufffda');
  assert.is(await decode(Uint8Array.of(0x84, 0x31, 0xa4, 0x37), 'gb18030', 1), '\ufffd');
  assert.is(await decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 97), 'utf-8', 1), '\ufeffa');
  assert.is(await decode(Uint8Array.of(0xfe, 0xff, 0, 97), 'utf-16', 1), 'a');
  assert.is(await decode(Uint8Array.of(97, 0), 'utf-16'), 'a');
  assert.is(await decode(new Uint8Array(0), 'utf-8'), '');
});

test('streaming equals decoding at once, for every encoding', async () => {
  const samples: Record<string, string> = {
    shift_jis: 'タオル、青\r\n自転車ｶﾅ~\\',
    'euc-jp': 'タオル、青\n自転車',
    gbk: '红色毛巾€\n灯',
    gb18030: '红色毛巾\n灯😀é',
    big5: '紅色毛巾\n燈',
    'euc-kr': '빨간 수건\n조명',
  };
  for (const { name, family, iconvName } of ENCODINGS) {
    let bytes: Uint8Array;
    let text: string;
    if (family === 'single-byte') {
      const all = Buffer.from(Array.from({ length: 256 }, (_, b) => b));
      bytes = all
        .filter((b) => name !== 'macintosh' || (b !== 0xdb && b !== 0xf0))
        .filter((b) => iconv.decode(Buffer.from([b]), iconvName!) !== '\ufffd');
      text = iconv.decode(Buffer.from(bytes), iconvName!);
    } else {
      text = samples[name] ?? (name === 'us-ascii' ? 'plain\r\n' : 'aé€😀\n\u07ff\uffff');
      bytes =
        name === 'utf-8' || name === 'us-ascii'
          ? Buffer.from(text)
          : iconv.encode(text, name === 'utf-16' ? 'utf-16le' : name === 'utf-32' ? 'utf-32le' : name);
    }
    for (const size of [1, 2, 3, 1000]) assert.is(await decode(bytes, name, size), text, `${name} by ${size}`);
  }
});

const opener = (bytes: Uint8Array) => () => cut(bytes, 11);
const auto = { declared: 'auto' };

test('a BOM wins, then what is declared', async () => {
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

test('auto finds the encoding, or refuses; it never reads wrongly', async () => {
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

test('a NUL here and there is no UTF-16; text beyond Latin is', async () => {
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

test('a refusal says what the readings are', async () => {
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
  const thin = await refusalOf(Buffer.from('1,\xcamkost\n', 'latin1'), ['windows-1251', 'koi8-r', 'windows-1252']);
  assert.match(thin, /byte 2 \(line 1\)/);
  assert.match(thin, /windows-125. \("/);
  const mixed = Buffer.concat([Buffer.from('1,Café\n2,Müller\n3,'), Buffer.from('Stra\xdfe\n', 'latin1')]);
  assert.match(await refusalOf(mixed), /byte 24 \(line 3\).*2 other sequences in it are utf-8/);
  assert.match(await refusalOf(Buffer.from('a,Café').subarray(0, 6)), /byte 5 \(line 1\)/);
  assert.match(await refusalOf(Buffer.from('~{<:Ky~},a\n')), /HZ/);
  assert.match(await refusalOf(Buffer.from('a,\xfe\n', 'latin1'), ['us-ascii']), /none of the encodings/);
});

test('a choice says how sure it is, and what came next', async () => {
  const choice = await chooseEncoding(opener(iconv.encode('1,Gdańsk łódź żółty\n2,ścieżka\n', 'windows-1250')), auto);
  assert.is(choice.encoding, 'windows-1250');
  assert.ok(choice.confidence > 0.85 && choice.confidence < 1);
  assert.match(encodingReason(choice), /^detected, confidence 0\.\d+, before /);
  assert.is(encodingReason({ encoding: 'utf-8', bom: true, reason: 'bom', confidence: 1 }), 'bom');
});

const twice = (text: string) => iconv.decode(Buffer.from(text), 'windows-1252');

test('what a decoder cannot object to is noticed', async () => {
  const cases: [Uint8Array, string, string[]][] = [
    [Buffer.from('1,Café\n'), 'windows-1252', ['encoding_doubtful']],
    [Buffer.from('1,Caf\xe9\n', 'latin1'), 'windows-1252', []],
    [Buffer.from('1,Cafe\n'), 'windows-1252', []],
    [Buffer.from('1,CafÃ© 20Â°\n'), 'utf-8', ['text_doubly_encoded']],
    ...['Écrou', 'Болт', 'λάδι', 'Men’s “blue” – €'].map((text): [Buffer, string, string[]] => [
      Buffer.from(twice(text)),
      'utf-8',
      ['text_doubly_encoded'],
    ]),
    [Buffer.from('“MAÇÃ” – LÃ… ROMÃ’ ÑAME VIÐ\u00a0É™ Île «Î» â\n'), 'utf-8', []],
    [Buffer.from('1,Gr\ufffd\ufffde\n'), 'utf-8', ['text_lost_characters']],
    [Buffer.from('1,ＡＢ\uffee\ufeffx\n'), 'utf-8', []],
    [Buffer.from('六角ボルト,グミ,Болт λάδι Łożysko ±Å\n'), 'utf-8', []],
    [Buffer.from('1,MAÇÃ, Ânsia\n'), 'utf-8', []],
  ];
  for (const [bytes, encoding, codes] of cases) {
    const watch = new EncodingWatch({ encoding, bom: false, reason: 'declared', confidence: 1 });
    for await (const _ of watch.decode(cut(bytes, 64)));
    assert.equal(watch.warnings(), codes, `${encoding} ${bytes}`);
  }
});

test('text that was encoded twice is shown by two cells with their lines, in any encoding', async () => {
  const text = 'sku,title\r\nA,Lampe\rB,"CafÃ© au lait, Ã¼ber"\nC,â€™s\nD,Ã–l\n';
  const first = { line: 3, cell: 'CafÃ© au lait' };
  const cases: [Uint8Array, string, object[]][] = [
    [Buffer.from(text), 'utf-8', [first, { line: 3, cell: 'Ã¼ber' }]],
    [Buffer.from(text, 'utf16le'), 'utf-16le', [first, { line: 3, cell: 'Ã¼ber' }]],
    // 0xDF is no UTF-8 here, so it is not a feed in UTF-8 that is declared as windows-1252
    [Buffer.from('sku,title\nA,Stra\xdfe\nB,Caf\xc3\xa9\n', 'latin1'), 'windows-1252', [{ line: 3, cell: 'CafÃ©' }]],
    [Buffer.from(`sku,title\n${'x,Lampe\n'.repeat(500)}A,Caf\u00c3\u00a9\n`), 'utf-8', [{ line: 502, cell: 'CafÃ©' }]],
  ];
  for (const [bytes, encoding, examples] of cases) {
    const watch = new EncodingWatch({ encoding, bom: false, reason: 'declared', confidence: 1 });
    for await (const _ of watch.decode(cut(bytes, 100_000), () => cut(bytes, 7)));
    assert.equal(watch.reports(), [{ code: 'text_doubly_encoded', examples }], encoding);
  }
});

test('text that lost letters is shown by two cells', async () => {
  const text = 'sku,title\nA,Gr\ufffd\ufffde\nB,Lampe\nC,"Stra\ufffde, gr\u00fcn"\n';
  const watch = new EncodingWatch({ encoding: 'utf-8', bom: false, reason: 'declared', confidence: 1 });
  for await (const _ of watch.decode(cut(Buffer.from(text), 100_000), () => cut(Buffer.from(text), 7)));
  const examples = [
    { line: 2, cell: 'Gr\ufffd\ufffde' },
    { line: 4, cell: 'Stra\ufffde' },
  ];
  assert.equal(watch.reports(), [{ code: 'text_lost_characters', examples }]);
});

test('a doubtful encoding is said with two cells, however the feed is cut', async () => {
  const rows = 'sku;qty;title\nA;1;Rad \x96 17\nB;2;Lampe\nC;3;L\x92Or\xe9al \x80\nD;4;\x96\n';
  const german = 'sku,title\nA,Lampe\nB,Größe\nC,"Straße, grün"\nD,Öl\n';
  const long = `sku,title\n${'x,y\n'.repeat(500)}A,Größe\nB,Öl\n`;
  const cases: [Uint8Array, string, string | null][] = [
    [
      Buffer.from(rows, 'latin1'),
      'iso-8859-1',
      'declared iso-8859-1, most likely windows-1252: line 2 "Rad \\u0096 17" is "Rad – 17"; line 4 "L\\u0092Oréal \\u0080" is "L’Oréal €"',
    ],
    [
      Buffer.from(german),
      'windows-1252',
      'declared windows-1252, most likely utf-8: line 3 "GrÃ¶ÃŸe" is "Größe"; line 4 "StraÃŸe" is "Straße"',
    ],
    [
      Buffer.from(long),
      'iso-8859-15',
      'declared iso-8859-15, most likely utf-8: line 502 "GrÃ¶Ã\\u009fe" is "Größe"; line 503 "Ã\\u0096l" is "Öl"',
    ],
    [Buffer.from('sku,title\nA,Caf\xe9\x85\n', 'latin1'), 'iso-8859-1', null],
    [Buffer.from('sku,title\nA,\x96\n', 'latin1'), 'windows-1252', null],
  ];
  for (const [bytes, encoding, detail] of cases) {
    for (const size of [1, 7, 64, 100_000]) {
      const watch = new EncodingWatch({ encoding, bom: false, reason: 'declared', confidence: 1 });
      for await (const _ of watch.decode(cut(bytes, size)));
      assert.is(watch.detail, detail, `${encoding} by ${size}`);
      assert.equal(watch.reports(), detail === null ? [] : [{ code: 'encoding_doubtful', detail }]);
    }
  }
});

test('a few Western signs and no letters outside ASCII are windows-1252', async () => {
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
    const reports = likely === undefined ? [] : [{ code: 'encoding_likely', detail: likely }];
    assert.equal(new EncodingWatch(choice).reports(), reports);
  }
  // two signs side by side may be letters of another script, and so may a lone letter; 0xF8 is \xf8 or a degree sign, 0x85 is à
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
    ...['Lampe \x85 pied', 'qualit\x85', 'A\xb7B', '\xe9', '\xa2', 'x\xd8x'],
  ];
  for (const text of open) {
    for (const feed of [`sku,qty,title\nA,1,${text}\n`, `sku,title,qty\nA,${text},1\nB,Lamp,2\n`]) {
      assert.is(await read(feed), 'DECODE_ERROR', JSON.stringify(feed));
    }
  }
});

test.run();
