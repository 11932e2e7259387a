/** Pricing chains as `Money`: the steps, the floors that rules ask for, and what answers of plugins are refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../errors.ts';
import { Money } from '../../money/money.ts';
import type { PricingRule } from '../../plugin.ts';
import type { NamedRule } from '../bind.ts';
import { chainPrice, explainedSteps, PricingStep, priceSteps } from './price-chain.ts';
import { fill, newGroup } from './testing/offers.ts';

const M = (text: string) => Money.of(text);

function offer(price?: number) {
  const group = newGroup(['acme']);
  fill(group, 'A-1', [{ vendor: 0, cost: 10_000_000, ...(price === undefined ? {} : { price }) }]);
  return group.view(0);
}

const named = (name: string, rule: PricingRule, isBuiltIn = false): NamedRule => ({ name, isBuiltIn, rule });
const fixed = (name: string, text: string | null): NamedRule =>
  named(name, { price: () => (text === null ? null : M(text)) });
const plus = named('plus', { price: ({ price }) => price?.add(M('1')) ?? null });
const floorOf = (name: string, floor: string | null): NamedRule =>
  named(name, { price: ({ price }) => price, floor: () => (floor === null ? null : M(floor)) });
/** Gives the half, but no less than the floors. */
const half = named('half', {
  price: ({ price, floor }) => {
    const own = price?.mul(M('0.5')) ?? null;
    return own === null || floor === null ? own : own.max(floor);
  },
});

function priceOf(rules: readonly NamedRule[], price?: number): string | null {
  const one = offer(price);
  const found = chainPrice(one, rules, new PricingStep(one, rules))?.toString() ?? null;
  const steps = priceSteps(one, rules);
  assert.is(steps.at(-1)?.after?.toString() ?? (rules.length === 0 ? found : null), found);
  return found;
}

test('each rule gets the price of the one before, the first one that of the feed', () => {
  assert.is(priceOf([]), null);
  assert.is(priceOf([], 2_500_000), '2.5');
  assert.is(priceOf([plus], 2_500_000), '3.5');
  assert.is(priceOf([plus]), null);
  assert.is(priceOf([fixed('five', '5'), plus, plus]), '7');
  assert.is(priceOf([fixed('five', '5'), fixed('none', null)]), null);
  assert.is(priceOf([named('cost', { price: ({ offer: one }) => one.cost })]), '10');
  const shown = (rules: NamedRule[], price?: number) =>
    priceSteps(offer(price), rules).map(({ before, after }) => [before?.toString() ?? null, after?.toString() ?? null]);
  assert.equal(shown([plus, fixed('none', null), plus], 1_000_000), [
    ['1', '2'],
    ['2', null],
    [null, null],
  ]);
});

test('a rule that asks for the floor gets the highest of all rules', () => {
  const rules = (...floors: Array<string | null>) => [half, ...floors.map((floor, i) => floorOf(`floor ${i}`, floor))];
  const lifted = (all: NamedRule[]) =>
    explainedSteps(offer(10_000_000), all).map(({ after, liftedBy }) => [
      after?.toString(),
      liftedBy && `${liftedBy.rule} ${liftedBy.amount}`,
    ]);
  assert.equal(lifted(rules()), [['5', null]]);
  assert.equal(lifted(rules('6')), [
    ['6', 'floor 0 6'],
    ['6', null],
  ]);
  assert.equal(lifted(rules('6', '8', '7'))[0], ['8', 'floor 1 8']);
  assert.equal(lifted(rules('8', '8'))[0], ['8', 'floor 0 8'], 'of equal ones the first');
  assert.equal(lifted(rules(null, '6', null))[0], ['6', 'floor 1 6']);
  assert.equal(lifted(rules('5'))[0], ['5', null], 'the price is the same without it');
  assert.equal(lifted(rules('4.99'))[0], ['5', null]);
  assert.equal(lifted([half, half, floorOf('f', '3')]), [
    ['5', null],
    ['3', 'f 3'],
    ['3', null],
  ]);
  // a rule that fails without a floor, or gives none
  const odd = (price: (floor: Money | null) => Money | null) => [
    named('odd', { price: ({ floor }) => price(floor) }),
    { ...floorOf('f', '3'), isBuiltIn: true },
  ];
  assert.equal(lifted(odd((floor) => floor))[0], ['3', null]);
  assert.equal(lifted(odd((floor) => (floor === null ? (assert.unreachable() as never) : floor)))[0], ['3', null]);
  assert.equal(lifted(odd((floor) => floor?.sub(M('1')) ?? M('1')))[0], ['2', 'f 3']);
  assert.equal(lifted(odd((floor) => (floor === null ? null : null)))[0], [undefined, null]);
  const reads = [named('reads', { price: ({ floor }) => (floor === null ? M('2') : M('2')) }), plus, floorOf('f', '1')];
  assert.equal(lifted(reads), [
    ['2', null],
    ['3', null],
    ['3', null],
  ]);
});

function failureOf(rules: readonly NamedRule[]): string {
  try {
    priceOf(rules, 1_000_000);
  } catch (error) {
    const { code, message } = error as RelayError;
    assert.is(code, 'plugin_failed');
    assert.match(message, 'SKU "A-1"');
    return message;
  }
  return '';
}

test('an answer of a plugin that is no price is refused, with the rule', () => {
  for (const answer of [undefined, 5, '5', {}, Number.NaN]) {
    const rule = named('own', { price: () => answer as never });
    assert.match(failureOf([rule]), /price\(\).*own.*not Money or null/);
    assert.match(failureOf([{ ...rule, isBuiltIn: true }]), 'not Money or null');
  }
  assert.match(failureOf([fixed('own', '-0.01')]), 'no price is below 0');
  assert.is(failureOf([fixed('own', '0')]), '');
  assert.match(failureOf([fixed('own', '1000000000')]), 'a price is below 1,000,000,000');
  assert.is(failureOf([fixed('own', '999999999.99')]), '');
  assert.is(failureOf([{ ...fixed('own', '-5'), isBuiltIn: true }]), '', 'the config asks for it');
  const below = (floor: string | null) =>
    named('own', { price: () => M('5'), floor: () => (floor === null ? null : M(floor)) });
  assert.match(failureOf([below('5.01')]), 'its own floor() is 5.01');
  assert.equal(
    [failureOf([below('5')]), failureOf([below(null)]), failureOf([{ ...below('9'), isBuiltIn: true }])],
    ['', '', ''],
  );
  const throws = named('own', {
    price: () => {
      throw new Error('no idea');
    },
  });
  assert.match(failureOf([throws]), 'no idea');
});

test('a floor that is none is the fault of the rule that has it, not of the one that asked', () => {
  const asks = named('asks', { price: ({ floor }) => floor ?? M('1') });
  const bad = (floor: () => unknown, isBuiltIn = false) =>
    named('bad', { price: ({ price }) => price, floor: floor as never }, isBuiltIn);
  for (const [floor, said] of [
    [() => M('-1'), 'a floor is 0 or more, or null'],
    [() => M('1000000000'), 'a floor is below 1,000,000,000, or null'],
    [() => 5, 'not Money or null'],
    [() => undefined, 'not Money or null'],
    [
      () => {
        throw new Error('oops');
      },
      'oops',
    ],
  ] as Array<[() => unknown, string]>) {
    const message = failureOf([asks, bad(floor)]);
    assert.match(message, said);
    assert.match(message, 'bad');
    assert.match(message, 'floor()');
    assert.match(failureOf([bad(floor)]), said, 'it is asked for its own floor');
  }
  assert.is(failureOf([asks, bad(() => M('0'))]), '');
  assert.is(failureOf([named('asks', asks.rule, true), bad(() => M('-1'), true)]), '');
});

test('a step is asked for its offer; members that it lacks are refused', () => {
  const step = new PricingStep(offer(), []);
  assert.is(step.offer.sku, 'A-1');
  assert.throws(() => (step as unknown as { prise: unknown }).prise);
});

test.run();
