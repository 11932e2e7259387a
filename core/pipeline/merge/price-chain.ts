/**
 * Runs an offer through the pricing chain, rule by rule, as `Money`. What a plugin's rule answers is checked: an error names the rule
 * and the SKU.
 */
import { pluginFailed, RelayError } from '../../errors.ts';
import { refuseUnknownMembers } from '../../known-members.ts';
import { Money } from '../../money/money.ts';
import type { Offer, PriceStep } from '../../plugin.ts';
import { answerName, hookFailure } from '../../plugin-call.ts';
import type { NamedRule } from '../bind.ts';

/** As for amounts of feeds and configs. */
const LIMIT = Money.of(1_000_000_000);

/** The step that rules see, reused from call to call. Floors are asked for only where a rule reads them. */
export class PricingStep implements PriceStep {
  // private: a rule that writes them would change the price in silence
  #offer: Offer;
  #price: Money | null = null;
  readonly #rules: readonly NamedRule[];
  /** The rule whose floor was the highest when one was last asked for. */
  #highest: NamedRule | null = null;

  constructor(offer: Offer, rules: readonly NamedRule[]) {
    this.#offer = offer;
    this.#rules = rules.filter(({ rule }) => rule.floor !== undefined);
  }

  static begin(step: PricingStep, offer: Offer): void {
    step.#offer = offer;
    step.#price = offer.price;
  }

  static next(step: PricingStep, price: Money | null): void {
    step.#price = price;
    step.#highest = null;
  }

  /** The floor that the rule of this step asked for; null if it asked for none, or there is none. */
  static floorRead(step: PricingStep): StepFloor | null {
    const highest = step.#highest;
    const amount = highest === null ? null : floorOf(highest, step.#offer);
    return highest === null || amount === null ? null : { rule: highest.name, amount };
  }

  get offer(): Offer {
    return this.#offer;
  }

  get price(): Money | null {
    return this.#price;
  }

  get floor(): Money | null {
    let highest: Money | null = null;
    for (const named of this.#rules) {
      const floor = floorOf(named, this.#offer);
      if (floor === null || (highest !== null && floor.compare(highest) <= 0)) continue;
      highest = floor;
      this.#highest = named;
    }
    return highest;
  }
}

refuseUnknownMembers('a step', PricingStep);

/** Runs an offer through the pricing chain; null if it has no price. */
export function chainPrice(offer: Offer, rules: readonly NamedRule[], step: PricingStep): Money | null {
  PricingStep.begin(step, offer);
  for (const named of rules) PricingStep.next(step, applyRule(named, step, offer));
  return step.price;
}

export interface StepFloor {
  /** The rule that has it. */
  rule: string;
  amount: Money;
}

export interface TakenStep {
  before: Money | null;
  after: Money | null;
  /** A floor that the rule asked for, if the price would be another one without it. */
  liftedBy: StepFloor | null;
}

/** What each rule of the chain makes of the price. */
export function priceSteps(
  offer: Offer,
  rules: readonly NamedRule[],
): Array<{ before: Money | null; after: Money | null }> {
  return takenSteps(offer, rules, () => null);
}

/** The same, with the floors that lifted a price inside a rule, such as `ending`. */
export function explainedSteps(offer: Offer, rules: readonly NamedRule[]): TakenStep[] {
  return takenSteps(offer, rules, liftOf);
}

type Lift = (named: NamedRule, step: PricingStep, after: Money | null) => StepFloor | null;

function takenSteps(offer: Offer, rules: readonly NamedRule[], lift: Lift): TakenStep[] {
  const step = new PricingStep(offer, rules);
  PricingStep.begin(step, offer);
  return rules.map((named) => {
    const before = step.price;
    const after = applyRule(named, step, offer);
    const liftedBy = lift(named, step, after);
    PricingStep.next(step, after);
    return { before, after, liftedBy };
  });
}

/** Asks the rule again as if there were no floor. */
function liftOf({ rule }: NamedRule, step: PricingStep, after: Money | null): StepFloor | null {
  const floor = PricingStep.floorRead(step);
  if (floor === null || after === null) return null;
  try {
    const without: unknown = rule.price({ offer: step.offer, price: step.price, floor: null });
    return without instanceof Money && without.compare(after) < 0 ? floor : null;
  } catch {
    return null;
  }
}

/** Applies one rule; an error names the rule and the SKU. */
function applyRule(named: NamedRule, step: PriceStep, offer: Offer): Money | null {
  let price: unknown;
  try {
    price = named.rule.price(step);
  } catch (error) {
    throw error instanceof FloorFailure ? error.failure : pluginFailed(ruleFailure('price()', named, offer), error);
  }
  const answer = moneyOrNull(price, 'price()', named, offer);
  // a built-in rule can only give such a price because the config asks for it, so the plugin is not to blame
  if (answer !== null && !named.isBuiltIn) expectPrice(answer, named, offer);
  return answer;
}

function expectPrice(price: Money, named: NamedRule, offer: Offer): void {
  const what = ruleFailure('price()', named, offer);
  if (price.isNegative()) throw pluginFailed(what, `it returned ${price}; no price is below 0`);
  if (price.compare(LIMIT) >= 0) throw pluginFailed(what, `it returned ${price}; a price is below 1,000,000,000`);
  const floor = named.rule.floor === undefined ? null : ownFloor(named, offer);
  if (floor !== null && price.compare(floor) < 0)
    throw pluginFailed(what, `it returned ${price}, and its own floor() is ${floor}; it must give no price below that`);
}

/** For the rule itself: other rules need no floor that it does not keep. */
function ownFloor(named: NamedRule, offer: Offer): Money | null {
  try {
    return floorOf(named, offer);
  } catch (error) {
    throw error instanceof FloorFailure ? error.failure : error;
  }
}

function floorOf(named: NamedRule, offer: Offer): Money | null {
  try {
    const floor = moneyOrNull(named.rule.floor?.(offer), 'floor()', named, offer);
    if (floor === null || named.isBuiltIn) return floor;
    if (floor.isNegative()) throw new Error(`it returned ${floor}; a floor is 0 or more, or null`);
    if (floor.compare(LIMIT) >= 0) throw new Error(`it returned ${floor}; a floor is below 1,000,000,000, or null`);
    return floor;
  } catch (error) {
    throw new FloorFailure(
      error instanceof RelayError ? error : pluginFailed(ruleFailure('floor()', named, offer), error),
    );
  }
}

/** Passes an error through the rule that asked for the floors: that rule is not to blame. */
class FloorFailure extends Error {
  readonly failure: RelayError;

  constructor(failure: RelayError) {
    super(failure.message);
    this.failure = failure;
  }
}

function moneyOrNull(answer: unknown, hook: string, named: NamedRule, offer: Offer): Money | null {
  if (answer === null) return null;
  if (answer instanceof Money) return answer;
  throw pluginFailed(ruleFailure(hook, named, offer), `it returned ${answerName(answer)}, not Money or null`);
}

function ruleFailure(hook: string, { name }: NamedRule, { sku }: Offer): string {
  return hookFailure(hook, { kind: 'pricing', id: name }, `SKU "${sku}"`);
}
