/** A plugin with a misspelled or unknown hook is refused when it is loaded, by a run and by the suite. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PluginKind } from '../../core/plugin.ts';
import { observe } from '../plugin/observe.ts';
import { badParser, type Hooks, layout, making, runBad } from './bad-plugin.ts';

const none = () => undefined;

class Strategy {
  readonly leadTimeFallbackDays = null;
  compare() {
    return 0;
  }
}

/** A class with a misspelled hook beside a correct one. */
class Misspelled {
  check() {}
  finsih() {}
}

const REFUSED: Array<[kind: PluginKind, instance: () => object, message: string]> = [
  ['validator', () => ({ check: none, finsih: none }), 'finsih() is no hook of a validator (did you mean "finish"?)'],
  ['validator', () => ({ check: none, Finish: none }), 'Finish() is no hook of a validator (did you mean "finish"?)'],
  [
    'validator',
    () => ({ check: none, end: none }),
    'end() is no hook of a validator; its hooks are check() and finish()',
  ],
  ['validator', () => ({ finish: none, check_: none }), 'check_() is no hook of a validator (did you mean "check"?)'],
  ['validator', () => new Misspelled(), 'finsih() is no hook of a validator (did you mean "finish"?)'],
  [
    'validator',
    () => new (class extends Misspelled {})(),
    'finsih() is no hook of a validator (did you mean "finish"?)',
  ],
  [
    'validator',
    () => Object.assign(Object.create(null), { check: none, finsh: none }),
    'finsh() is no hook of a validator (did you mean "finish"?)',
  ],
  ['pricing', () => ({ price: none, prices: none }), 'prices() is no hook of a pricing rule (did you mean "price"?)'],
  [
    'pricing',
    () => ({ prize: none }),
    'prize() is no hook of a pricing rule (did you mean "price"?); its hooks are price() and floor()',
  ],
  [
    'merge',
    () => ({ compare: none, chose: none, leadTimeFallbackDays: null }),
    'chose() is no hook of a merge strategy (did you mean "choose"?); its hooks are compare() and choose()',
  ],
  [
    'merge',
    () => ({ compare: none, choose: none, leadTimeFallbackDays: null }),
    'it has compare() and choose(), and choose() alone would be called; leave one of them out',
  ],
  [
    'merge',
    () =>
      new (class extends Strategy {
        choose(offers: unknown) {
          return offers;
        }
      })(),
    'it has compare() and choose(), and choose() alone would be called',
  ],
  ['parser', () => ({ prepare: none, perpare: none }), 'perpare() is no hook of a parser (did you mean "prepare"?)'],
];

for (const [kind, instance, message] of REFUSED) {
  test(`${kind}: ${message}`, async () => {
    const bad = making(kind, instance());
    const { outcome } = await runBad(bad);
    assert.is(outcome.error_code, 'internal_error');
    assert.match(outcome.error_message!, 'the factory of the ');
    assert.match(outcome.error_message!, ` "bad" failed: ${message}`);
    const feed = kind === 'parser' ? 'A,1,10\n' : 'sku,quantity_available,cost\nA,1,10\n';
    const fixture = {
      name: 'one row',
      feeds: { acme: feed },
      rows: 1,
      expect: { rows: [{ sku: 'A', cost: '10.00' }] },
    };
    const { offences } = (await observe(bad, fixture)).watch;
    assert.ok(
      offences.some((one) => one.kind === 'answers' && one.text.includes(message)),
      JSON.stringify(offences),
    );
  });
}

const LEGAL: Array<[kind: PluginKind, instance: () => object]> = [
  // state, and a list named like a hook, are not hooks
  ['validator', () => ({ check: none, finished: false, checks: [] })],
  [
    'validator',
    () =>
      new (class {
        checkAll = none;
        check() {
          this.#look();
        }
        checks() {}
        look() {}
        #look() {}
      })(),
  ],
  [
    'validator',
    () =>
      new (class extends Map {
        finish() {}
      })(),
  ],
  ['merge', () => new Strategy()],
  ['merge', () => ({ compare: () => 0, choose: undefined, leadTimeFallbackDays: null })],
];

for (const [i, [kind, instance]] of LEGAL.entries()) {
  test(`${kind} ${i + 1} is accepted`, async () => {
    const { outcome } = await runBad(making(kind, instance()));
    assert.is(outcome.error_message, null);
  });
}

test('a misspelled key of a prepared feed is refused', async () => {
  const odd: Array<[Hooks, string]> = [
    [{ warning: () => [] }, 'warning is not a key of a prepared feed (did you mean "warnings"?)'],
    [{ feilds: ['A'] }, 'feilds is not a key of a prepared feed (did you mean "fields"?)'],
    [{ layout, row: none }, 'row is not a key of a prepared feed'],
  ];
  for (const [changes, message] of odd) {
    const { outcome } = await runBad(badParser(() => changes));
    assert.match(outcome.error_message!, `prepare() of the parser "bad" failed on feed.csv: ${message}`);
  }
});

test.run();
