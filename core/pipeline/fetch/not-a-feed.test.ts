/** Which files in a vendor's folder are feeds, by name. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedNames, IN_TRANSFER, passedOverText, whyNotAFeed } from './not-a-feed.ts';

test('a file with any other name is a feed', () => {
  for (const name of [
    'stock.csv',
    'stock',
    'STOCK.TXT.GZ',
    'party.csv',
    'stock~east.csv',
    '#1 stock.csv',
    'readme.csv',
    'logs.csv',
    'older/stock.csv',
    'manifest.csv',
    'pdf',
    'backup.csv',
    'a.bak.csv',
    '2026/11/stock.csv',
    'Müller & Söhne 1+2.xlsx',
    'part',
    'tmp.csv',
    'ok.csv',
    'success',
    'thumbs.csv',
    'md5.csv',
    '_stock.csv',
    'a_committed_1',
    '_started_1x',
    'a-readme.txt',
    'licenpe.txt',
    '#stock#.csv',
    'no #1#',
    'a.md5.txt.csv',
    'tmps/a.csv',
  ]) {
    assert.is(whyNotAFeed(name), null, name);
  }
});

test('files in transfer, backups, locks, markers, system files, digests and hidden files are not feeds, in any letter case', () => {
  const kinds: Record<string, string[]> = {
    [IN_TRANSFER]: [
      'stock.csv.part',
      'stock.csv.filepart',
      'stock.CSV.TMP',
      'a/b.crdownload',
      's.partial',
      's.uploading',
      's.csv.aria2',
      's.csv.!ut',
      's.csv.rsync-partial',
    ],
    'a backup': [
      'stock.csv~',
      'stock.BAK',
      'stock.csv.bak',
      'stock.orig',
      'stock.old',
      '#stock.csv#',
      'stock.csv.save',
    ],
    'a temporary file': ['~WRL0001', '~lock.stock.csv'],
    'an image': ['stock.png', 'thumbnail/stock.JPG'],
    'a document': ['stock.pdf', 'offer.docx'],
    'a log': ['stock.csv.log'],
    'a shortcut': ['stock.csv.lnk'],
    'a note': ['README.txt', 'readme', 'liesmich.txt', 'licence', 'LICENSE.md', 'readme.htm'],
    'in a folder of backups': ['archive/stock.csv', 'Old/2026/stock.csv'],
    'in a temporary folder': ['tmp/stock.csv', 'a/Temp/stock.csv'],
    'a lock file': ['~$stock.xlsx', 'stock.csv.lock', 'stock.lck'],
    'a system file': ['Thumbs.db', 'sub/thumbs.db', 'Desktop.ini', 'ehthumbs.db'],
    'a marker': [
      '_SUCCESS',
      'acme_$folder$',
      'stock.csv.done',
      'stock.ok',
      'stock.csv.ctl',
      'manifest.json',
      '_committed_123',
      '_started_7',
      'x/_SUCCESS',
    ],
    'a digest or signature': [
      'stock.csv.md5',
      'stock.csv.SHA256',
      'stock.csv.asc',
      'stock.csv.sig',
      'MD5SUMS',
      'stock.csv.sha256.txt',
    ],
    'a hidden file': ['.stock.csv', '.DS_Store', 'a/.stock.csv.swp', '.~lock.stock.xlsx#'],
    'in a hidden folder': ['.git/stock.csv', 'a/.cache/b/stock.csv'],
    'in a system folder': ['__MACOSX/stock.csv', '@eaDir/stock.csv', 'lost+found/stock.csv', '_temporary/0/stock.csv'],
    'a folder': ['sub/', ''],
  };
  for (const [reason, names] of Object.entries(kinds)) {
    for (const name of names) assert.is(whyNotAFeed(name), reason, name);
  }
  for (const key of ['out\\stock.csv', 'a//b.csv', 'a/../b.csv', './b.csv']) {
    assert.match(whyNotAFeed(key) ?? '', /^a key that cannot be read/, key);
  }
});

test('up to five of the skipped files are named, each once', () => {
  const names = new FeedNames();
  for (const name of ['a.csv', 'a.md5', 'a.md5', 'b/', 'b.part', 'c.bak', '_SUCCESS', '.d', 'e.tmp'])
    names.isFeed(name);
  assert.equal(
    names.passedOver.map(({ name }) => name),
    ['a.md5', 'b.part', 'c.bak', '_SUCCESS', '.d'],
  );
  assert.is(
    passedOverText(names.passedOver.slice(0, 2)),
    '; passed over: a.md5 (a digest or signature), b.part (still in transfer)',
  );
  assert.is(passedOverText([]), '');
  assert.is(
    passedOverText([{ name: '\u001b[2J.tmp', reason: IN_TRANSFER }]),
    '; passed over: \\u001b[2J.tmp (still in transfer)',
  );
});

test('a pattern that asks for such files gets them, except keys that cannot be read', () => {
  const names = new FeedNames('*.bak');
  assert.ok(names.isFeed('stock.bak'));
  assert.not(names.isFeed('out\\stock.bak'));
  assert.not(new FeedNames('stock*').isFeed('stock.bak'));
});

test.run();
