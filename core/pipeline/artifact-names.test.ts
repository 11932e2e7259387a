import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArtifactStore } from '../ports/service/objects.ts';
import { artifactName, namedArtifacts, storedArtifacts } from './artifact-names.ts';
import { PATHS } from './artifacts.ts';

const test = suite('names of artifacts');

test('each path has the name that the API gives it', () => {
  const names: Array<[path: string, name: string | null]> = [
    [PATHS.inbound('acme', 'feed.csv'), 'inbound_acme'],
    [PATHS.carriedOver('acme', 'feed.csv'), 'carried_over_acme'],
    [PATHS.normalized('acme'), 'normalized_acme'],
    ['normalized/acme/rows.bin', null],
    [PATHS.patched('acme', 2, 'feed.csv'), 'patched_acme_2'],
    [PATHS.patch('acme', 2), 'patch_acme_2'],
    [PATHS.patchRows('acme', 12), 'patch_acme_12_rows'],
    [PATHS.sideFile('acme', 'sku_map', 'map.csv'), 'side_file_acme_sku_map'],
    [PATHS.export('shop.eu', 'csv'), 'export_shop.eu'],
    [PATHS.rejects('acme'), 'rejects_acme'],
    [PATHS.rejectRows('acme'), 'reject_rows_acme'],
    [PATHS.rejects('acme.feed.csv'), 'rejects_acme.feed.csv'],
    [PATHS.rejectRows('acme.feed.csv'), 'reject_rows_acme.feed.csv'],
    [PATHS.rejects('rows.rowsx'), 'rejects_rows.rowsx'],
    [PATHS.merged('csv'), 'merged_inventory'],
    [PATHS.merged('jsonl'), 'merged_inventory'],
    [PATHS.candidate('csv'), 'candidate_inventory'],
    [PATHS.candidate('jsonl'), 'candidate_inventory'],
    ...(['manifest', 'config', 'summary', 'errors', 'delta', 'publishState', 'holds', 'vanished'] as const).map(
      (key): [string, string] => [PATHS[key], /(\w+)\.\w+$/.exec(PATHS[key])![1]!],
    ),
    ...(['guardrails', 'expectations', 'diff', 'decisions'] as const).map((key): [string, string] => [PATHS[key], key]),
    [PATHS.rowIndex, null],
    [PATHS.rows, null],
    ['outputs/other.csv', null],
    ['exports/shop.csv', null],
    ['reports/exports/shop.csv', null],
    ['outputs', null],
    ['rejects/acme.csv', null],
  ];
  for (const [path, name] of names) assert.is(artifactName(path), name, path);
});

test('files of one name are told apart by their own; those without a name are left out', () => {
  const paths = ['inbound/a/1.csv', 'inbound/a/2.csv', 'inbound/a/3.csv', 'inbound/b/1.csv', PATHS.rows];
  assert.equal(namedArtifacts('r/', paths), {
    ...{
      inbound_a: 'r/inbound/a/1.csv',
      'inbound_a:2.csv': 'r/inbound/a/2.csv',
      'inbound_a:3.csv': 'r/inbound/a/3.csv',
    },
    inbound_b: 'r/inbound/b/1.csv',
  });
});

test('the artifacts of a run are those on all pages', async () => {
  const pages = [['inbound/a/1.csv'], [], ['reports/errors.json', 'reports/rows.bin']];
  const asked: unknown[] = [];
  const list = async (prefix: string, cursor: string | null) => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    return { objects: pages[at]!.map((path) => ({ key: prefix + path })), next: at === 2 ? null : `${at + 1}` };
  };
  const found = await storedArtifacts({ list } as unknown as ArtifactStore, { runId: 'r', tenantId: 't' });
  assert.equal(found, { inbound_a: 'r/tenants/t/inbound/a/1.csv', errors: 'r/tenants/t/reports/errors.json' });
  assert.equal(asked, [null, '1', '2']);
});

test.run();
