/** What plugins make, and what they get: a misspelled name is found. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseUnknownMembers, withKnownMembers } from './known-members.ts';
import type { PluginKind } from './plugin.ts';
import { instanceProblem, preparedFeedKeyProblem } from './plugin-hooks.ts';

const hook = () => null;

class Rule {
  price() {}
  helper() {}
}
class Misspelt {
  price() {}
  flor() {}
}
class Below extends Rule {
  pric() {}
}
class Getter {
  price() {}
  get total() {
    return 1;
  }
}

test('objects with the hooks of their kind are good', () => {
  const good: Array<[PluginKind, object]> = [
    ['parser', { prepare: hook }],
    ['validator', { check: hook }],
    ['validator', { finish: hook }],
    ['validator', { check: hook, finish: hook, limit: 5 }],
    ['pricing', { price: hook }],
    ['pricing', { price: hook, floor: hook }],
    ['pricing', new Rule()],
    ['pricing', new Getter()],
    ['pricing', Object.assign(Object.create(null), { price: hook })],
    ['merge', { compare: hook, leadTimeFallbackDays: null }],
    ['merge', { choose: hook, why: hook, leadTimeFallbackDays: 0 }],
    ['output', { row: hook, extension: 'csv' }],
    ['output', { row: hook, head: hook, foot: hook, extension: 'a1b2c3d4e5' }],
  ];
  for (const [kind, instance] of good)
    assert.is(instanceProblem(kind, instance), null, `${kind} ${Object.keys(instance)}`);
});

test('what is wrong with others is named', () => {
  const bad: Array<[PluginKind, object, RegExp]> = [
    ['parser', {}, /has no prepare\(\)/],
    ['parser', { prepare: 5 }, /prepare must be a function, not a number/],
    ['validator', {}, /no check\(\) and no finish\(\)/],
    ['validator', { chek: hook }, /chek\(\) is no hook of a validator.*"check".*check\(\) and finish\(\); a helper/],
    ['validator', { check: hook, finish: null }, /finish must be a function, not null/],
    ['pricing', { floor: hook }, /no price\(\)/],
    ['pricing', { price: hook, help: hook }, /help\(\) is no hook of a pricing rule;/],
    ['pricing', new Misspelt(), /flor\(\) is no hook.*"floor"/],
    ['merge', { leadTimeFallbackDays: null }, /no compare\(\) and no choose\(\)/],
    ['merge', { compare: hook, choose: hook, leadTimeFallbackDays: null }, /leave one of them out/],
    ['merge', { compare: hook }, /not undefined/],
    ['merge', { compare: hook, leadTimeFallbackDays: -1 }, /not -1/],
    ['merge', { compare: hook, leadTimeFallbackDays: 1.5 }, /not 1.5/],
    ['merge', { compare: hook, leadTimeFallbackDays: '1' }, /not a string/],
    ['output', { extension: 'csv' }, /no row\(\)/],
    ['output', { row: hook }, /not undefined/],
    ['output', { row: hook, extension: '' }, /not ""/],
    ['output', { row: hook, extension: 'CSV' }, /not "CSV"/],
    ['output', { row: hook, extension: '.csv' }, /not "\.csv"/],
    ['output', { row: hook, extension: 'a1b2c3d4e5f' }, /not "a1b2c3d4e5f"/],
    ['output', { row: hook, extension: 7 }, /not a number/],
    ['parser', { prepare: hook, prepar: hook }, /its hook is prepare\(\)/],
  ];
  for (const [kind, instance, words] of bad) assert.match(instanceProblem(kind, instance) ?? '', words);
  // of a class, only names that resemble a hook that it lacks
  assert.is(instanceProblem('pricing', new Below()), null);
});

test('keys of a prepared feed are known ones', () => {
  const feed = { encoding: 'utf-8', layout: {}, text: hook, warnings: hook };
  assert.is(preparedFeedKeyProblem(feed), null);
  assert.match(preparedFeedKeyProblem({ ...feed, warning: 1 }) ?? '', /^warning is not a key.*"warnings"/);
  assert.match(preparedFeedKeyProblem({ ...feed, zzzzzz: 1 }) ?? '', /^zzzzzz is not a key of a prepared feed$/);
  class Feed {
    readonly encoding = 'utf-8';
    text() {}
    helper() {}
    warning() {}
  }
  assert.match(preparedFeedKeyProblem(new Feed()) ?? '', /^warning is/);
  class Good {
    text() {}
    helper() {}
  }
  assert.is(preparedFeedKeyProblem(new Good()), null);
});

class View {
  #quantity = 3;
  get quantity() {
    return this.#quantity;
  }
  get cost() {
    return null;
  }
  set note(_: string) {}
  price() {
    return 1;
  }
}
refuseUnknownMembers('an offer', View);

test('members that there are not throw, with the name that was meant', () => {
  const view = new View() as unknown as Record<string, unknown>;
  assert.equal([view.quantity, view.cost, (view as unknown as View).price()], [3, null, 1]);
  assert.throws(
    () => view.qty,
    /uses "qty" of an offer.*did you mean "quantity".*there are: quantity, cost, note, price$/,
  );
  assert.throws(() => view.quantity_available, /did you mean "quantity"/);
  assert.throws(() => view.stock, /did you mean "quantity"/);
  assert.throws(() => view.csot, /did you mean "cost"/);
  assert.throws(() => view.zzzzzzz, /no such member; there are/);
  for (const name of ['then', 'toJSON', 'inspect']) assert.is(view[name], undefined, name);
  assert.is(String(view), '[object Object]');
  assert.is(typeof view.hasOwnProperty, 'function');
  assert.is((view as { [Symbol.iterator]?: unknown })[Symbol.iterator], undefined);
});

test('what is read only cannot be written, and other names are of that object alone', () => {
  const [view, other] = [new View(), new View()] as unknown as [Record<string, unknown>, Record<string, unknown>];
  assert.throws(() => {
    view.quantity = 5;
  }, /writes "quantity" of an offer/);
  view.note = 'taken';
  view.own = 7;
  assert.is(view.own, 7);
  assert.throws(() => other.own, /uses "own"/);
  assert.is(({} as Record<string, unknown>).own, undefined);
  view.own = 8;
  assert.equal([view.own, Object.keys(view), delete view.own], [8, ['own'], true]);
});

test('a plain object may know its members, too', () => {
  const feed = withKnownMembers('a feed', { vendor: 'a', rows: 3 }) as unknown as Record<string, unknown>;
  assert.equal([feed.vendor, feed.rows], ['a', 3]);
  assert.throws(() => feed.row, /uses "row" of a feed.*"rows".*there are: vendor, rows$/);
  assert.throws(() => feed.qty, /uses "qty" of a feed, which has no such member; there are/);
  assert.is(JSON.stringify(feed), '{"vendor":"a","rows":3}');
});

test.run();
