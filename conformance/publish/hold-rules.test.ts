/** Which prices wait, by the rules and by people's decisions on earlier holds. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PublishConfig } from '../../core/config/schema.ts';
import { Money } from '../../core/money/money.ts';
import { type Decision, type Hold, HoldRules, hasExpired } from '../../core/pipeline/publish/holds/holds.ts';
import type { SkuState, StateRow } from '../../core/pipeline/publish/state/state.ts';
import { NONE } from '../../core/pipeline/publish/tables/cells.ts';

const test = suite('hold rules');
type Holds = PublishConfig['holds'];
const OFF: Holds = { below_cost: false, new_sku: 'publish', held_below_cost: 'keep' } as Holds;
const [RISE, DROP] = [{ price_rise_pct: Money.of('0.1') }, { price_drop_pct: Money.of('0.1') }];

function rules(
  holds: Partial<Holds>,
  more: { hasBaseline?: boolean; knowsState?: boolean; baselineRunId?: string | null } = {},
) {
  const given = { hasBaseline: true, knowsState: true, baselineRunId: 'run-1', ...more };
  return new HoldRules({ holds: { ...OFF, ...holds }, moneyDecimals: 2, ...given });
}

function state(name: SkuState = '', earlierDecision = ''): StateRow {
  return { state: name, runs: 1, candidatePrice: NONE, earlierDecision };
}

const candidate = (price: number, published = 1000, more = {}) => ({
  ...{ price, published, costMicros: NONE, isNew: false, state: state() },
  ...more,
});

test('each rule holds past its limit', () => {
  const cases: Array<[holds: Partial<Holds>, price: number, published: number, more: object, reason: string | null]> = [
    [{}, 5000, 1000, {}, null],
    [RISE, 1100, 1000, {}, null],
    [RISE, 1101, 1000, {}, 'price_rise'],
    [RISE, 899, 1000, {}, null],
    [DROP, 900, 1000, {}, null],
    [DROP, 899, 1000, {}, 'price_drop'],
    [DROP, 1101, 1000, {}, null],
    [{ price_rise_pct: Money.of('0') }, 1000, 1000, {}, null],
    [{ price_rise_pct: Money.of('0') }, 1, 0, {}, 'price_rise'],
    [{ ...RISE, ...DROP }, 5000, NONE, {}, null],
    [{ below_cost: true }, 1000, 1000, { costMicros: 10_000_000 }, null],
    [{ below_cost: true }, 1000, 1000, { costMicros: 10_000_001 }, 'below_cost'],
    [{ below_cost: true }, 0, 1000, { costMicros: NONE }, null],
    [{}, 1000, 1000, { costMicros: 10_000_001 }, null],
    [{ new_sku: 'hold' }, 1000, NONE, { isNew: true }, 'new_sku'],
    [{ new_sku: 'hold' }, 1000, NONE, { isNew: false }, null],
    [{ new_sku: 'publish' }, 1000, NONE, { isNew: true }, null],
    [{ ...RISE, below_cost: true }, 1101, 1000, { costMicros: 90_000_000 }, 'price_rise'],
    [{ new_sku: 'hold', below_cost: true }, 1000, NONE, { isNew: true, costMicros: 90_000_000 }, 'below_cost'],
  ];
  for (const [holds, price, published, more, reason] of cases)
    assert.is(rules(holds).reasonOf(candidate(price, published, more)), reason, JSON.stringify([holds, price]));
  const first = rules({ new_sku: 'hold' }, { hasBaseline: false });
  assert.is(first.reasonOf(candidate(1000, NONE, { isNew: true })), null);
  assert.is(rules(RISE).reasonOf(candidate(1101), 1050), null);
  assert.equal([rules({ below_cost: true }).belowCost, rules({}).belowCost], [true, false]);
});

const decision = (decided: string, price: number, more: Partial<Decision> = {}): Decision => ({
  ...{ decision: decided, price, id: 'run-0 now', baselineRunId: '' },
  ...more,
});

interface HoldCase {
  name: string;
  price: number;
  state?: StateRow;
  decision?: Decision;
  more?: Parameters<typeof rules>[1];
  costMicros?: number;
  isNew?: boolean;
  /** `reason`, with `!` if it is silent, and the earlier decision; null if the price goes out. */
  hold: string | null;
}

const HOLDS: HoldCase[] = [
  { name: 'no decision', price: 1200, hold: 'price_rise' },
  { name: 'nothing to hold', price: 1000, hold: null },
  { name: 'of a held SKU nothing is left to hold', price: 1000, state: state('held'), hold: null },
  { name: 'accepted', price: 1200, state: state('held'), decision: decision('accept', 1200), hold: null },
  {
    name: 'accepted at a price that is near',
    price: 1300,
    state: state('held'),
    decision: decision('accept', 1200),
    hold: null,
  },
  {
    name: 'accepted at a lower price',
    price: 1400,
    state: state('held'),
    decision: decision('accept', 1200),
    hold: 'price_rise',
  },
  {
    name: 'accepted at a higher price',
    price: 1200,
    state: state('held'),
    decision: decision('accept', 1400),
    hold: 'price_drop',
  },
  { name: 'rejected', price: 1200, state: state('held'), decision: decision('reject', 1200), hold: 'price_rise!' },
  {
    name: 'another price was rejected',
    price: 1201,
    state: state('held'),
    decision: decision('reject', 1200),
    hold: 'price_rise',
  },
  {
    name: 'rejected, and no rule holds it now',
    price: 1050,
    state: state('held'),
    decision: decision('reject', 1050),
    hold: 'decision!',
  },
  {
    name: 'a new SKU was rejected',
    price: 1050,
    state: state('new'),
    decision: decision('reject', 1050),
    hold: 'decision!',
  },
  { name: 'a kept SKU is not held', price: 1050, state: state('kept'), decision: decision('reject', 1050), hold: null },
  {
    name: 'the SKU went out: the decision is spent',
    price: 1200,
    decision: decision('accept', 1200),
    hold: 'price_rise run-0 now',
  },
  {
    name: 'the SKU went out after a rejection',
    price: 1200,
    decision: decision('reject', 1200),
    hold: 'price_rise run-0 now',
  },
  {
    name: 'the same baseline',
    price: 1200,
    decision: decision('accept', 1200, { baselineRunId: 'run-1' }),
    hold: null,
  },
  {
    name: 'the same baseline, rejected',
    price: 1200,
    decision: decision('reject', 1200, { baselineRunId: 'run-1' }),
    hold: 'price_rise!',
  },
  {
    name: 'the same baseline, rejected, nothing to hold',
    price: 1000,
    decision: decision('reject', 1000, { baselineRunId: 'run-1' }),
    hold: null,
  },
  {
    name: 'another baseline',
    price: 1200,
    decision: decision('accept', 1200, { baselineRunId: 'run-2' }),
    hold: 'price_rise run-0 now',
  },
  {
    name: 'no baselines',
    price: 1200,
    decision: decision('accept', 1200),
    more: { baselineRunId: null },
    hold: 'price_rise run-0 now',
  },
  {
    name: 'no state is known',
    price: 1200,
    decision: decision('accept', 1200),
    more: { knowsState: false },
    hold: null,
  },
  {
    name: 'a decision on an earlier hold',
    price: 1200,
    state: state('held', 'run-0 now'),
    decision: decision('accept', 1200),
    hold: 'price_rise run-0 now',
  },
  {
    name: 'a rejection of an earlier hold',
    price: 1200,
    state: state('held', 'run-0 now'),
    decision: decision('reject', 1200),
    hold: 'price_rise run-0 now',
  },
  {
    name: 'a decision after an earlier one',
    price: 1200,
    state: state('held', 'run-0 then'),
    decision: decision('accept', 1200),
    hold: null,
  },
  {
    name: 'a rejection after an earlier one',
    price: 1200,
    state: state('held', 'run-0 then'),
    decision: decision('reject', 1200),
    hold: 'price_rise! run-0 then',
  },
  {
    name: 'no decision after an earlier one',
    price: 1200,
    state: state('held', 'run-0 then'),
    hold: 'price_rise run-0 then',
  },
  {
    name: 'a kept SKU keeps no earlier decision',
    price: 1200,
    state: state('kept', 'run-0 then'),
    decision: decision('accept', 1200),
    hold: 'price_rise',
  },
  { name: 'another word', price: 1200, state: state('held'), decision: decision('wait', 1200), hold: 'price_rise' },
  { name: 'below cost', price: 1000, costMicros: 11_000_000, hold: 'below_cost' },
  {
    name: 'below cost, accepted',
    price: 1000,
    costMicros: 11_000_000,
    state: state('held'),
    decision: decision('accept', 1000),
    hold: null,
  },
  {
    name: 'below cost, accepted at a lower price',
    price: 1001,
    costMicros: 11_000_000,
    state: state('held'),
    decision: decision('accept', 1000),
    hold: null,
  },
  {
    name: 'below cost, it fell further',
    price: 999,
    costMicros: 11_000_000,
    state: state('held'),
    decision: decision('accept', 1000),
    hold: 'below_cost',
  },
  { name: 'a new SKU', price: 1000, isNew: true, hold: 'new_sku' },
  {
    name: 'a new SKU, accepted',
    price: 1000,
    isNew: true,
    state: state('new'),
    decision: decision('accept', 1000),
    hold: null,
  },
  {
    name: 'a new SKU, accepted before it was held',
    price: 1000,
    isNew: true,
    decision: decision('accept', 1000),
    hold: 'new_sku run-0 now',
  },
];

const shown = (hold: Hold | null) =>
  hold === null ? null : `${hold.reason}${hold.isSilent ? '!' : ''} ${hold.earlierDecision}`.trimEnd();

for (const { name, price, hold, more = {}, decision: decided = null, ...given } of HOLDS) {
  test(`a decision: ${name}`, () => {
    const { costMicros = NONE, isNew = false, state: before = state() } = given;
    const one = candidate(price, isNew ? NONE : 1000, { costMicros, isNew, state: before });
    const all = rules({ ...RISE, ...DROP, below_cost: true, new_sku: 'hold' }, more);
    assert.is(shown(all.hold(one, all.reasonOf(one), decided)), hold);
  });
}

test('a decision expires at its time, one without a time never', () => {
  const now = Date.parse('2026-11-01T06:00:00Z') / 1000;
  assert.not(hasExpired('', now));
  assert.not(hasExpired('2026-11-01T06:00:01Z', now));
  assert.ok(hasExpired('2026-11-01T06:00:00Z', now));
  assert.ok(hasExpired('2026-10-31T06:00:00Z', now));
});

test.run();
