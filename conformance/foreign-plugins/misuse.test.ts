/** A plugin that keeps objects after its call, or uses codes that it does not list, fails the run by name. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyPlugin } from '../../core/registry.ts';
import { badParser, type Hooks, layout, making, merge, plugin, runBad, unhandled } from './bad-plugin.ts';

interface AnyReport {
  error(...args: unknown[]): void;
  warning(...args: unknown[]): void;
}

const CODES = { codes: { odd: 'it is odd' } };
const validator = (hooks: Hooks, manifest: Hooks = CODES) => plugin('validator', async () => () => hooks, manifest);
const tell = (report: AnyReport) => report.error('odd', null, 'why');

/** Uses of a kept report, each with the place that the error names. */
const LATE_USES: Array<[title: string, place: string, use: string, make: () => AnyPlugin]> = [
  ...([1, 5, 60] as const).map((turns): (typeof LATE_USES)[number] => [
    `${turns} turns of microtasks later`,
    'row 2',
    'report.error("odd")',
    () =>
      validator({
        check: (_row: unknown, report: AnyReport) => {
          void (async () => {
            for (let turn = 0; turn < turns; turn++) await null;
            tell(report);
          })();
        },
      }),
  ]),
  [
    'in the call for the next row',
    'row 2',
    'report.warning("odd")',
    () => {
      let kept: AnyReport | undefined;
      return validator({
        check: (_row: unknown, report: AnyReport) => {
          kept?.warning('odd');
          kept = report;
        },
      });
    },
  ],
  [
    'in finish(), by a function taken out of it',
    'row 2',
    'report.error("odd")',
    () => {
      let kept: AnyReport['error'] | undefined;
      return validator({
        check: (_row: unknown, { error }: AnyReport) => {
          kept ??= error;
        },
        finish: () => kept?.('odd', null, 'why'),
      });
    },
  ],
  [
    'of finish(), in a microtask',
    'the end of the feed',
    'report.error("odd")',
    () => validator({ finish: (report: AnyReport) => void Promise.resolve().then(() => tell(report)) }),
  ],
  [
    'of finish(), in the check of another feed',
    'the end of the feed',
    'report.warning("odd")',
    () => {
      let kept: AnyReport | undefined;
      return validator({
        check: () => kept?.warning('odd'),
        finish: (report: AnyReport) => {
          kept = report;
        },
      });
    },
  ],
  [
    'in an immediate',
    'row 2',
    'report.error("odd")',
    () => validator({ check: (_row: unknown, report: AnyReport) => void setImmediate(() => tell(report)) }),
  ],
];

for (const [title, place, use, make] of LATE_USES) {
  test(`a report that is used after its call, ${title}, fails the run`, async () => {
    const later = await unhandled(async () => {
      const { outcome } = await runBad(make());
      const hook = place === 'row 2' ? 'check()' : 'finish()';
      assert.is(outcome.error_code, 'internal_error');
      assert.is(
        outcome.error_message,
        `plugin_failed: vendor v1: ${hook} of the validator "bad" failed on ${place}: ${use} came after the call had ended`,
      );
    });
    assert.equal(later, []);
  });
}

test('a kept row throws at its next use, and catching the error does not help', async () => {
  for (const look of [
    (row: { sku: string }) => row.sku,
    (row: { sku: string }) => {
      try {
        return row.sku;
      } catch {
        return '';
      }
    },
  ]) {
    let kept: { sku: string } | undefined;
    const check = (row: { sku: string }) => {
      if (kept !== undefined) look(kept);
      kept = row;
    };
    const { outcome } = await runBad(validator({ check }));
    assert.is(outcome.error_code, 'internal_error');
    assert.match(
      outcome.error_message!,
      /^plugin_failed: vendor v1: check\(\) of the validator "bad" failed on row [23]: (a use of the row came after|the row is good during)/,
    );
  }
});

const EARLIER = 'it uses an offer of an earlier call: an offer is good during the call that gets it';

type AnyOffer = { sku: string; rowNumber: number; price: unknown };

test('an offer, a step or a list of offers kept for a later SKU fails the run', async () => {
  for (const lag of [1, 2, 7]) {
    const kept: Array<() => unknown> = [];
    const keep = (look: () => unknown) => {
      kept.push(look);
      return kept.length > lag ? kept.at(-1 - lag)!() : null;
    };
    const price = (look: (step: { offer: AnyOffer; price: unknown }) => () => unknown) =>
      making('pricing', {
        price: (step: { offer: AnyOffer; price: unknown }) => {
          keep(look(step));
          return step.price;
        },
      });
    const choose = (look: (offers: AnyOffer[]) => () => unknown) =>
      merge({
        choose: (offers: AnyOffer[]) => {
          keep(look(offers));
          return offers;
        },
      });
    for (const [bad, hook] of [
      [
        price(
          ({ offer }) =>
            () =>
              offer.sku,
        ),
        'price() of the pricing rule "bad"',
      ],
      [price((step) => () => step.offer.price), 'price() of the pricing rule "bad"'],
      [
        choose(
          ([first]) =>
            () =>
              first!.rowNumber,
        ),
        'choose() of the merge strategy "bad"',
      ],
      [choose((offers) => () => offers[0]!.sku), 'choose() of the merge strategy "bad"'],
    ] as const) {
      kept.length = 0;
      const { outcome } = await runBad(bad, undefined, 20);
      assert.is(outcome.error_code, 'internal_error', `${hook} ${lag}`);
      assert.match(outcome.error_message!, `plugin_failed: ${hook} failed on SKU "`);
      assert.match(outcome.error_message!, EARLIER);
    }
    // the offer itself as the answer for a later SKU
    const answers: AnyOffer[] = [];
    const later = merge({
      choose: (offers: AnyOffer[]) => {
        answers.push(offers[0]!);
        return answers.length > lag ? [answers.at(-1 - lag)] : offers;
      },
    });
    const { outcome } = await runBad(later, undefined, 20);
    assert.match(outcome.error_message!, 'element 0 of what it returned is none of the offers');
  }
});

test('an offer may be kept for the same SKU', async () => {
  let kept: AnyOffer | undefined;
  const compare = (a: AnyOffer, b: AnyOffer) => {
    if (kept?.sku !== a.sku) kept = a;
    return kept.rowNumber - b.rowNumber;
  };
  const { outcome } = await runBad(
    merge({
      compare: (a: AnyOffer, b: AnyOffer) => {
        kept = undefined;
        return compare(a, b);
      },
    }),
    undefined,
    20,
  );
  assert.is(outcome.error_message, null);
});

test('a code that the manifest does not list fails the run, whichever hook reports it', async () => {
  const refusing = (code: string) => ({ code, column: null, reason: 'why' });
  const rows = (code: string) =>
    async function* () {
      yield { cells: ['A', '1', '10'], refuse: refusing(code) };
    };
  const swallow = (report: AnyReport) => {
    try {
      report.error('od', null, 'why');
    } catch {
      // catching the error does not save the run
    }
  };
  const unlisted: Array<[place: string, verb: string, bad: AnyPlugin]> = [
    ['check() .* on row 2', 'reports', validator({ check: (_: unknown, r: AnyReport) => r.error('od', null, 'why') })],
    ['check() .* on row 2', 'reports', validator({ check: (_: unknown, r: AnyReport) => r.warning('od') })],
    ['check() .* on row 2', 'reports', validator({ check: (_: unknown, r: AnyReport) => swallow(r) })],
    ['finish() .* on the end of the feed', 'reports', validator({ finish: (r: AnyReport) => r.error('od', 'why') })],
    ['finish() .* on the end of the feed', 'reports', validator({ finish: (r: AnyReport) => r.warning('od') })],
    [
      'row() .* on row 1',
      'refuses with',
      badParser(() => ({ layout: { ...layout, row: () => refusing('od') } }), CODES),
    ],
    ['open() .* on feed.csv', 'refuses with', badParser(() => ({ open: rows('od') }), CODES)],
    ['warnings() .* on feed.csv', 'warns with', badParser(() => ({ warnings: () => ['od'] }), CODES)],
    ['warnings() .* on feed.csv', 'warns with', badParser(() => ({ warnings: () => [{ code: 'od' }] }), CODES)],
  ];
  for (const [place, verb, bad] of unlisted) {
    const { outcome } = await runBad(bad);
    assert.is(outcome.status, 'FAILED', place);
    const words = `it ${verb} "od", which its manifest does not list in codes (did you mean "odd"?); there are: odd`;
    assert.match(outcome.error_message!, words);
    assert.match(outcome.error_message!, new RegExp(`vendor v1: ${place.replace('()', '\\(\\)')}`));
  }
  for (const code of ['od', 'toString', 'constructor', '__proto__', 'missing_value']) {
    const bad = validator({ check: (_: unknown, r: AnyReport) => r.error(code, null, 'why') }, {});
    assert.match(
      (await runBad(bad)).outcome.error_message!,
      `it reports "${code}", which its manifest does not list in codes; there are none`,
    );
  }
});

test('Relay’s own warnings need no entry in codes', async () => {
  const { outcome } = await runBad(
    badParser((source) => ({ open: () => source.open(), warnings: () => ['encoding_doubtful'] })),
  );
  assert.is(outcome.status, 'SUCCEEDED');
  assert.ok(outcome.summary.warnings.includes('encoding_doubtful:v1'));
});

test('a parser may reuse one object for all its refusals', async () => {
  const refusal = { code: 'odd', column: null, reason: '' };
  const open = async function* () {
    for (const sku of ['A', 'B']) {
      refusal.reason = `${sku} is odd`;
      yield { cells: [sku, '1', '10'], refuse: refusal };
    }
    refusal.reason = 'too late';
  };
  const { errors } = await runBad(badParser(() => ({ open }), CODES));
  assert.equal(
    errors.map((entry) => ('reason' in entry ? entry.reason : '')),
    ['A is odd', 'B is odd', 'A is odd', 'B is odd'],
  );
});

test('the header that row() gets cannot be changed', async () => {
  const row = (cells: string[], header: string[]) => {
    header.sort();
    return cells;
  };
  const headed = { ...layout, header: true, row };
  const { outcome } = await runBad(badParser((source) => ({ layout: headed, open: () => source.open() })));
  assert.match(outcome.error_message!, /row\(\) of the parser "bad" failed on row 2: Cannot assign to read only/);
});

test.run();
