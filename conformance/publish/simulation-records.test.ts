/** The records of simulations at the limits of their times, and when others write at the same moment. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { RelayError } from '../../core/errors.ts';
import {
  cancelSimulation,
  changeSimulation,
  createSimulation,
  isSimulationOver,
  type LostBefore,
  pastRunIds,
  readSimulation,
  removeOldSimulations,
  SIMULATION_KEPT_MS,
  SIMULATION_STATUSES,
  type SimulationRecord,
  simulationMessage,
  takeLostSimulations,
} from '../../core/pipeline/simulate/records.ts';
import type { RunStore } from '../../core/ports/service/runs.ts';

const test = suite('records of simulations');
const [NOTES, FOLDER] = ['tenants/_waiting/simulations/', 'tenants/shop/simulations/'];
const NOW = 10_000_000;

/** A store that lists whole folders. */
class Store extends MemoryArtifactFiles {
  override list(prefix: string, cursor?: string | null, limit = 1000) {
    return super.list(prefix, cursor, limit);
  }

  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }
}

function recordOf(simulationId: string, more: Partial<SimulationRecord> = {}): SimulationRecord {
  return {
    ...{ simulationId, tenantId: 'shop', status: 'QUEUED', config: { a: 1 }, runIds: ['r1'], requestedAt: NOW },
    ...{ sentAt: NOW, startedAt: null, finishedAt: null, attempt: 0, leaseUntil: null, workerId: null },
    ...{ cancelRequested: false, errorCode: null, errorMessage: null, report: null },
    ...more,
  };
}

async function storeWith(...records: SimulationRecord[]): Promise<Store> {
  const store = new Store();
  for (const record of records) {
    store.put(`${FOLDER}${record.simulationId}.json`, JSON.stringify(record));
    store.put(`${NOTES}shop.${record.simulationId}.json`, '{}');
  }
  return store;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: RelayError) => error.code,
  );

test('a simulation is over unless it waits or runs', () => {
  assert.equal(
    SIMULATION_STATUSES.filter((status) => isSimulationOver({ status })),
    ['DONE', 'FAILED', 'CANCELLED'],
  );
  assert.equal(simulationMessage({ tenantId: 'shop', simulationId: 'one' }), {
    ...{ run_id: 'one', tenant_id: 'shop', vendors: [], config_version: 1, simulation: true },
  });
});

test('a new simulation has the place, a note and a record', async () => {
  const store = new Store();
  assert.is(await createSimulation(store, recordOf('one')), null);
  assert.equal([...store.objects.keys()].sort(), [
    ...[`${NOTES}shop.one.json`, `${FOLDER}active.json`, `${FOLDER}one.json`],
  ]);
  assert.equal(await readSimulation(store, 'shop', 'one'), recordOf('one'));
  assert.is(await readSimulation(store, 'shop', 'two'), null);
});

test('the place is taken by a simulation that waits or runs, for a day, and by one whose record is not written yet, for a minute', async () => {
  const cases: Array<[name: string, record: Partial<SimulationRecord> | null, at: number, isTaken: boolean]> = [
    ['it waits', {}, 0, true],
    ['it runs', { status: 'RUNNING' }, 0, true],
    ['it is done', { status: 'DONE' }, 0, false],
    ['nearly a day old', { requestedAt: NOW - SIMULATION_KEPT_MS + 1 }, 0, true],
    ['a day old', { requestedAt: NOW - SIMULATION_KEPT_MS }, 0, false],
    ['no record yet', null, NOW, true],
    ['no record for nearly a minute', null, NOW - 59_999, true],
    ['no record for a minute', null, NOW - 60_000, false],
    ['no record, of a later clock', null, NOW + 1, false],
  ];
  for (const [name, record, at, isTaken] of cases) {
    const store = await storeWith(...(record === null ? [] : [recordOf('one', record)]));
    store.put(`${FOLDER}active.json`, JSON.stringify({ simulationId: 'one', at }));
    assert.is(await createSimulation(store, recordOf('two')), isTaken ? 'one' : null, name);
    assert.is((await readSimulation(store, 'shop', 'two')) === null, isTaken, name);
  }
});

test('whoever loses the place to another one learns of it; twenty times in a row is an error', async () => {
  for (const [others, code] of [
    [1, null],
    [19, null],
    [20, 'precondition_failed'],
  ] as const) {
    const store = new Store();
    let tries = 0;
    store.beforeClose = (key) => {
      if (key !== `${FOLDER}active.json`) return;
      // others that are done at once
      if (++tries <= others) store.put(key, JSON.stringify({ simulationId: `other ${tries}`, at: 0 }));
    };
    assert.is(await codeOf(createSimulation(store, recordOf('one'))), code, `${others}`);
    assert.is(tries, Math.min(others + 1, 20));
  }
});

test('a note may be there already; other failures of the store are told', async () => {
  const store = await storeWith();
  store.put(`${NOTES}shop.one.json`, '{}');
  assert.is(await codeOf(createSimulation(store, recordOf('one'))), null);
  for (const part of ['active.json', 'shop.two.json', 'simulations/two.json']) {
    const other = new Store();
    other.beforeClose = (key) => {
      if (key.endsWith(part)) throw new RelayError('store_unavailable', 'not now');
    };
    assert.is(await codeOf(createSimulation(other, recordOf('two'))), 'store_unavailable', part);
  }
  const broken = await storeWith(recordOf('one'));
  broken.beforeClose = () => {
    throw new RelayError('store_unavailable', 'not now');
  };
  assert.is(await codeOf(changeSimulation(broken, recordOf('one'), () => ({}))), 'store_unavailable');
});

test('a change that meets another one is made again on what is there now, twenty times', async () => {
  for (const [others, code] of [
    [0, null],
    [19, null],
    [20, 'precondition_failed'],
  ] as const) {
    const store = await storeWith(recordOf('one'));
    let tries = 0;
    store.beforeClose = (key) => {
      if (++tries <= others) store.put(key, JSON.stringify(recordOf('one', { attempt: tries })));
    };
    const edit = ({ attempt }: SimulationRecord) => ({ attempt: attempt + 100 });
    assert.is(await codeOf(changeSimulation(store, recordOf('one'), edit)), code);
    assert.is((await readSimulation(store, 'shop', 'one'))?.attempt, code === null ? others + 100 : 20);
  }
  const store = await storeWith(recordOf('one'));
  assert.is(await changeSimulation(store, recordOf('one'), () => null), null);
  assert.is(await changeSimulation(store, recordOf('two'), () => ({})), null);
});

test('a cancelled simulation ends at once if it waits', async () => {
  const expected: Array<[SimulationRecord['status'], Partial<SimulationRecord> | null]> = [
    ['QUEUED', { status: 'CANCELLED', cancelRequested: true, finishedAt: NOW + 5 }],
    ['RUNNING', { cancelRequested: true }],
    ['DONE', null],
    ['FAILED', null],
    ['CANCELLED', null],
  ];
  for (const [status, changes] of expected) {
    const store = await storeWith(recordOf('one', { status }));
    const after = changes === null ? null : { ...recordOf('one', { status }), ...changes };
    assert.equal(await cancelSimulation(store, recordOf('one'), NOW + 5), after);
    assert.equal(await readSimulation(store, 'shop', 'one'), after ?? recordOf('one', { status }));
  }
});

const LOST: LostBefore = { now: NOW, sentBefore: NOW - 1000, leaseBefore: NOW - 500, leaseFar: NOW + 9000 };

test('simulations whose message may be lost are sent again, and notes of those that are over go', async () => {
  const cases: Array<[record: Partial<SimulationRecord>, becomes: 'sent' | 'left' | 'gone']> = [
    [{ sentAt: NOW - 1000 }, 'left'],
    [{ sentAt: NOW - 1001 }, 'sent'],
    [{ sentAt: NOW + 1_000_000 }, 'left'],
    [{ sentAt: NOW + 1_000_001 }, 'sent'],
    [{ sentAt: 0, status: 'RUNNING', leaseUntil: NOW - 500 }, 'left'],
    [{ sentAt: 0, status: 'RUNNING', leaseUntil: NOW - 501 }, 'sent'],
    [{ sentAt: 0, status: 'RUNNING', leaseUntil: NOW + 9000 }, 'left'],
    [{ sentAt: 0, status: 'RUNNING', leaseUntil: NOW + 9001 }, 'sent'],
    [{ sentAt: 0, status: 'RUNNING', leaseUntil: null }, 'sent'],
    [{ sentAt: NOW - 1000, status: 'RUNNING', leaseUntil: null }, 'left'],
    [{ sentAt: 0, status: 'DONE' }, 'gone'],
    [{ sentAt: NOW, status: 'CANCELLED' }, 'gone'],
    [{ sentAt: undefined as never, requestedAt: NOW - 1000 }, 'left'],
    [{ sentAt: undefined as never, requestedAt: NOW - 1001 }, 'sent'],
  ];
  for (const [more, becomes] of cases) {
    const record = recordOf('one', more);
    const store = await storeWith(record);
    const found = await takeLostSimulations(store, LOST);
    const name = JSON.stringify(more);
    assert.equal(found, becomes === 'sent' ? [{ ...record, sentAt: NOW }] : [], name);
    assert.is((await readSimulation(store, 'shop', 'one'))?.sentAt, becomes === 'sent' ? NOW : more.sentAt, name);
    assert.is(store.keys(NOTES).length, becomes === 'gone' ? 0 : 1, name);
  }
});

test('a note without a record is kept for a minute', async () => {
  for (const [now, kept] of [
    [60_000, 5],
    [60_001, 0],
  ] as const) {
    const store = new Store();
    store.put(`${FOLDER}one.json`, JSON.stringify(recordOf('one', { sentAt: now })));
    for (const name of ['shop.gone.json', 'no-note', 'shop..json', 'shop.one.json.tmp', '.one.json'])
      store.put(NOTES + name, '{}');
    assert.equal(await takeLostSimulations(store, { ...LOST, now }), []);
    assert.is(store.keys(NOTES).length, kept);
  }
});

test('of a lost one that another process has just sent, this one says nothing; a hundred notes are read at a time', async () => {
  const store = await storeWith(recordOf('one', { sentAt: 0 }));
  store.beforeClose = (key) => {
    store.beforeClose = () => {};
    store.put(key, JSON.stringify(recordOf('one', { sentAt: NOW })));
  };
  assert.equal(await takeLostSimulations(store, LOST), []);
  const records = Array.from({ length: 101 }, (_, i) => recordOf(`s${i}`, { sentAt: 0 }));
  assert.is((await takeLostSimulations(await storeWith(...records), LOST)).length, 100);
});

test('simulations are removed once they are a day old, over all pages', async () => {
  const store = new MemoryArtifactFiles();
  for (const name of ['active.json', 'one.json', 'two.json']) store.put(FOLDER + name, '{}');
  store.put('tenants/other/simulations/one.json', '{}');
  assert.equal(await removeOldSimulations(store, 'shop', SIMULATION_KEPT_MS), []);
  const removed = await removeOldSimulations(new Pages(store), 'shop', SIMULATION_KEPT_MS + 1);
  assert.is(removed.length, 3);
  assert.equal([...store.objects.keys()], ['tenants/other/simulations/one.json']);
});

/** Pages of one object each, of what was there at the first one. */
class Pages extends MemoryArtifactFiles {
  readonly #store: MemoryArtifactFiles;
  #keys: string[] = [];

  constructor(store: MemoryArtifactFiles) {
    super();
    this.#store = store;
  }

  override async list(prefix: string, cursor?: string | null) {
    if (cursor == null) this.#keys = [...this.#store.objects.keys()].filter((key) => key.startsWith(prefix));
    const at = Number(cursor ?? 0);
    const objects = [{ key: this.#keys[at]!, size: 2, etag: 'e', lastModified: 0, contentType: null }];
    return { objects, next: at + 1 < this.#keys.length ? `${at + 1}` : null };
  }

  override remove(key: string) {
    return this.#store.remove(key);
  }
}

test('what somebody else has removed is not counted', async () => {
  const store = new Store();
  store.put(`${FOLDER}one.json`, '{}');
  store.remove = async () => false;
  assert.equal(await removeOldSimulations(store, 'shop', SIMULATION_KEPT_MS + 1), []);
});

/** Pages of runs: `v` is a run over some vendors. */
function runsOf(pages: string[]): Pick<RunStore, 'list'> & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    list: async (filter, cursor, limit) => {
      asked.push([filter, cursor, limit]);
      const at = Number(cursor ?? 0);
      const runs = [...(pages[at] ?? '')].map((kind, i) => ({
        runId: `${at}.${i}`,
        vendors: kind === 'v' ? ['a'] : [],
      }));
      return { runs: runs as never, next: at + 1 < pages.length ? `${at + 1}` : null };
    },
  };
}

test('past runs are the newest over all vendors, of at most ten pages', async () => {
  const cases: Array<[pages: string[], count: number, ids: string[], asked: number]> = [
    [['rvr', 'rr'], 2, ['0.0', '0.2'], 1],
    [['rvr', 'rr'], 3, ['0.0', '0.2', '1.0'], 2],
    [['rvr', 'rr'], 9, ['0.0', '0.2', '1.0', '1.1'], 2],
    [[''], 1, [], 1],
    [new Array(12).fill('r'), 20, Array.from({ length: 10 }, (_, i) => `${i}.0`), 10],
  ];
  for (const [pages, count, ids, asked] of cases) {
    const runs = runsOf(pages);
    assert.equal(await pastRunIds(runs as unknown as RunStore, 'shop', count), ids);
    assert.is(runs.asked.length, asked);
    assert.equal(runs.asked[0], [{ tenantId: 'shop', status: 'SUCCEEDED' }, null, 50]);
  }
});

test.run();
