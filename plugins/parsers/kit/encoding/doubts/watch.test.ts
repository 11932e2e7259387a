/** What decodes without an error and is still wrong: texts that were decoded wrongly before, and doubtful declared encodings. */
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cut } from '../testing/chunks.ts';
import { EncodingWatch } from './watch.ts';

const twice = (text: string) => iconv.decode(Buffer.from(text), 'windows-1252');

test('wrong text that decodes without an error is noticed', async () => {
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

test('text that was encoded twice is shown with two cells and their lines, in any encoding', async () => {
  const text = 'sku,title\r\nA,Lampe\rB,"CafÃ© au lait, Ã¼ber"\nC,â€™s\nD,Ã–l\n';
  const first = { line: 3, cell: 'CafÃ© au lait' };
  const cases: [Uint8Array, string, object[]][] = [
    [Buffer.from(text), 'utf-8', [first, { line: 3, cell: 'Ã¼ber' }]],
    [Buffer.from(text, 'utf16le'), 'utf-16le', [first, { line: 3, cell: 'Ã¼ber' }]],
    // 0xDF is not UTF-8 here, so this is not UTF-8 declared as windows-1252
    [Buffer.from('sku,title\nA,Stra\xdfe\nB,Caf\xc3\xa9\n', 'latin1'), 'windows-1252', [{ line: 3, cell: 'CafÃ©' }]],
    [Buffer.from(`sku,title\n${'x,Lampe\n'.repeat(500)}A,Caf\u00c3\u00a9\n`), 'utf-8', [{ line: 502, cell: 'CafÃ©' }]],
  ];
  for (const [bytes, encoding, examples] of cases) {
    const watch = new EncodingWatch({ encoding, bom: false, reason: 'declared', confidence: 1 });
    for await (const _ of watch.decode(cut(bytes, 100_000), () => cut(bytes, 7)));
    assert.equal(watch.reports(), [{ code: 'text_doubly_encoded', examples }], encoding);
  }
});

test('text that lost letters is shown with two cells', async () => {
  const text = 'sku,title\nA,Gr\ufffd\ufffde\nB,Lampe\nC,"Stra\ufffde, gr\u00fcn"\n';
  const watch = new EncodingWatch({ encoding: 'utf-8', bom: false, reason: 'declared', confidence: 1 });
  for await (const _ of watch.decode(cut(Buffer.from(text), 100_000), () => cut(Buffer.from(text), 7)));
  const examples = [
    { line: 2, cell: 'Gr\ufffd\ufffde' },
    { line: 4, cell: 'Stra\ufffde' },
  ];
  assert.equal(watch.reports(), [{ code: 'text_lost_characters', examples }]);
});

test('a doubtful encoding is shown with two cells, however the feed is cut', async () => {
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

const WORDS: Record<string, string[]> = {
  cs: ['Žárovka bílá', 'Šroub křížový', 'Kabel černý', 'Příčka', 'Hůl dřevěná'],
  ru: ['Лампа белая', 'Кабель сетевой', 'Стул', 'Молоток', 'Ящик'],
  de: ['Tür weiß', 'Schlüssel', 'Öl für Säge', 'Grüße', 'Büro'],
  fr: ['Écran été', 'Câble réseau', 'Clé à molette', 'Lampe à poser', 'Fenêtre', 'Crème brûlée'],
};

test('a code page declared as another is noticed; a correct declaration is not doubted', async () => {
  const cases: [language: string, encoding: string, declared: string, likely: string | null][] = [
    ['ru', 'windows-1251', 'windows-1252', 'windows-1251'],
    ['ru', 'koi8-r', 'windows-1251', 'koi8-r'],
    ['cs', 'iso-8859-2', 'windows-1252', 'iso-8859-2'],
    ['cs', 'cp852', 'windows-1250', 'cp852'],
    ['de', 'cp850', 'iso-8859-1', 'cp850'],
    ['de', 'windows-1252', 'windows-1251', 'windows-1252'],
    ['fr', 'macintosh', 'cp850', 'macintosh'],
    ['fr', 'windows-1252', 'windows-1250', 'windows-1252'],
    ['fr', 'windows-1252', 'cp437', 'windows-1252'],
    ...['windows-1250', 'iso-8859-2', 'cp852'].map(
      (name) => ['cs', name, name, null] as [string, string, string, null],
    ),
    ...['windows-1252', 'iso-8859-15', 'cp850', 'macintosh'].flatMap((name) =>
      ['de', 'fr'].map((language) => [language, name, name, null] as [string, string, string, null]),
    ),
    ['ru', 'windows-1251', 'windows-1251', null],
  ];
  for (const [language, encoding, declared, likely] of cases) {
    const rows = WORDS[language]!.map((words, i) => `AB-${i},${words},${i}\n`).join('');
    const bytes = iconv.encode(`sku,title,quantity\nA,Lamp ® 17°,4\n${rows}`, encoding);
    const watch = new EncodingWatch({ encoding: declared, bom: false, reason: 'declared', confidence: 1 });
    for await (const _ of watch.decode(cut(bytes, 100)));
    const said = /most likely ([^:]+):/.exec(watch.detail ?? '')?.[1] ?? null;
    assert.is(said, likely, `${language} in ${encoding} as ${declared}: ${watch.detail}`);
    for (const size of [1, 7]) {
      const other = new EncodingWatch({ encoding: declared, bom: false, reason: 'declared', confidence: 1 });
      for await (const _ of other.decode(cut(bytes, size)));
      assert.is(other.detail, watch.detail, `${language} in ${encoding} as ${declared}, in pieces of ${size}`);
    }
  }
});

test('signs and a few letters do not make a declared encoding doubtful', async () => {
  for (const text of ['Lamp 5° ± 2 µm ® ™', 'Größe', 'ØRSTED Ø 20', '½ × ¾', '£5 – “new”', 'Ñ']) {
    const bytes = iconv.encode(`sku,title\nA,${text}\n`, 'windows-1252');
    const watch = new EncodingWatch({ encoding: 'windows-1252', bom: false, reason: 'declared', confidence: 1 });
    for await (const _ of watch.decode(cut(bytes, 100)));
    assert.equal(watch.warnings(), [], text);
  }
});

test.run();
