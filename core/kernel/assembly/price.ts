/**
 * Prices an offer by a chain of steps in whole numbers: `merge/whole-prices.ts`. Numbers of entries are 64-bit floats, and so are all
 * results, as there: the same operations give the same bits.
 */
import { costOf, mapPriceOf, msrpOf, ownPriceOf } from './entries.ts';
import { place, state } from './memory.ts';
import { S_SETTLING, S_STEP_NUMBERS } from './places.ts';
import {
  NO_PRICE,
  ROUND_NEAREST,
  ROUND_UP,
  SETTLE_STEPS,
  STEP_LANDED,
  STEP_LANDED_LEAST,
  STEP_LEAST,
  STEP_MAP_LEAST,
  STEP_MSRP_MOST,
  STEP_ROUND,
  WHOLE_MAX,
} from './settle-places.ts';

/** In place of a price: it cannot be told exactly. */
export const INEXACT: f64 = -2;

/** The next number of the chain. */
let at: usize = 0;

function next(): f64 {
  const value = load<f64>(at);
  at += 8;
  return value;
}

/** The price of an offer, `NO_PRICE`, or `INEXACT`. `ofMicro`: what a price of one micro is. */
export function priceOf(entry: usize, ofMicro: f64): f64 {
  at = place(S_SETTLING) + SETTLE_STEPS;
  const end = at + ((<usize>state(S_STEP_NUMBERS)) << 3);
  const own = ownPriceOf(entry);
  let price: f64 = own < 0 ? NO_PRICE : own * ofMicro;
  while (at < end) {
    price = afterStep(<i32>next(), entry, price);
    if (!(price <= <f64>WHOLE_MAX && price >= NO_PRICE)) return INEXACT;
  }
  return price <= <f64>WHOLE_MAX ? price : INEXACT;
}

function afterStep(code: i32, entry: usize, price: f64): f64 {
  if (code === STEP_LANDED) return landed(entry, price);
  if (code === STEP_LEAST) return atLeast(price, next());
  if (code === STEP_LANDED_LEAST) return landedLeast(entry, price);
  if (code === STEP_MAP_LEAST) return mapLeast(entry, price);
  if (code === STEP_MSRP_MOST) return msrpMost(entry, price);
  return code === STEP_ROUND ? rounded(price) : INEXACT;
}

function landed(entry: usize, price: f64): f64 {
  const micros = next();
  const shipping = next();
  const bands = <usize>next();
  const highest = at;
  const factors = at + (bands << 3);
  at = factors + (bands << 3);
  const cost = costOf(entry);
  if (cost < 0) return price;
  let band: usize = 0;
  while (cost > load<f64>(highest + (band << 3))) band++;
  return (cost * micros + shipping) * load<f64>(factors + (band << 3));
}

function atLeast(price: f64, least: f64): f64 {
  return price >= 0 && price < least ? least : price;
}

function landedLeast(entry: usize, price: f64): f64 {
  const micros = next();
  const shipping = next();
  const factor = next();
  const unit = next();
  const cost = costOf(entry);
  if (price < 0 || cost < 0) return price;
  return Math.max(price, multipleAbove((cost * micros + shipping) * factor, unit));
}

function mapLeast(entry: usize, price: f64): f64 {
  const micros = next();
  const unit = next();
  const map = mapPriceOf(entry);
  return price < 0 || map < 0 ? price : Math.max(price, multipleAbove(map, unit) * micros);
}

function msrpMost(entry: usize, price: f64): f64 {
  const factor = next();
  const unit = next();
  const msrp = msrpOf(entry);
  return price < 0 || msrp <= 0 ? price : Math.min(price, multipleBelow(msrp * factor, unit));
}

function rounded(price: f64): f64 {
  const step = next();
  const offset = next();
  const mode = <i32>next();
  if (price < 0) return price;
  const below = multipleBelow(price - offset, step);
  const rest = price - offset - below;
  const isUp = mode === ROUND_UP ? rest > 0 : mode === ROUND_NEAREST && rest * 2 >= step;
  const result = below + (isUp ? step : 0) + offset;
  return result < 0 ? result + step : result;
}

function multipleBelow(value: f64, step: f64): f64 {
  return Math.floor(value / step) * step;
}

function multipleAbove(value: f64, step: f64): f64 {
  const below = multipleBelow(value, step);
  return below < value ? below + step : below;
}

/** Both are whole; the value is 0 or more. */
export function divideHalfEven(value: f64, divisor: f64): f64 {
  const quotient = Math.floor(value / divisor);
  const rest2 = (value - quotient * divisor) * 2;
  const isUp = rest2 > divisor || (rest2 === divisor && (<i64>quotient & 1) === 1);
  return isUp ? quotient + 1 : quotient;
}
