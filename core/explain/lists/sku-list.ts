/**
 * Lists the SKUs of a run that have something in common: one vendor alone, a tie, a price at a floor, an offer that lost. All of
 * the run is merged and priced once more, as it was, and nothing is kept of it but the page that is asked for.
 */
import { compareBytes } from '../../bytes/compare.ts';
import { toBytes, toText } from '../../bytes/text.ts';
import { ACCEPTED_BEFORE, checkConfig } from '../../config/check.ts';
import type { TenantConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import { moneyDecimals } from '../../money/currencies.ts';
import { Money } from '../../money/money.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import type { InputManifest } from '../../pipeline/fetch/input-manifest.ts';
import type { OfferGroup, OfferView } from '../../pipeline/merge/offer-group.ts';
import { unitsText } from '../../pipeline/merge/output.ts';
import type { RowIndex } from '../../pipeline/row-index.ts';
import type { Engine } from '../../pipeline/run.ts';
import { MapPrices } from '../../pipeline/simulate/map-prices.ts';
import type { Offer } from '../../plugin.ts';
import type { Scratch } from '../../ports/engine.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { isTie, lossOf } from '../offers/offers.ts';
import { replay, type SettledSku, type WantedRecords } from '../offers/replay.ts';
import type { LostBy } from '../receipt/receipt.ts';
import { Findings, readJsonFile } from '../run-files/reading.ts';
import type { RunSnapshot } from '../run-files/snapshot.ts';
import { withHeld } from './held-skus.ts';
import { type ListedSku, type SkuListPage, type SkuListWanted, VENDOR_LISTS } from './listed-sku.ts';
import { unusedMapEntries } from './unused-map.ts';

export interface SkuListOptions {
  engine: Engine;
  files: RunFiles;
  scratch: Scratch;
}

/** Throws `not_explainable` if the run's files are not there, or cannot be read again. */
export async function listSkus(options: SkuListOptions, wanted: SkuListWanted): Promise<SkuListPage> {
  const { engine, files, scratch } = options;
  const findings = new Findings();
  const [snapshot, manifest, index] = await Promise.all([
    readJsonFile<RunSnapshot>(files, PATHS.config, findings),
    readJsonFile<InputManifest>(files, PATHS.manifest, findings),
    readJsonFile<RowIndex>(files, PATHS.rowIndex, findings),
  ]);
  if (snapshot === null || manifest === null || index === null)
    throw notListable('it did not come to its end, or its files are gone');
  const checked = checkConfig(snapshot.tenant_config, engine.registry, ACCEPTED_BEFORE);
  if (!checked.ok) throw notListable('its config does not pass its check here');
  const { config } = checked;
  if (wanted.vendorId !== null && !config.vendors.some(({ vendor_id }) => vendor_id === wanted.vendorId))
    throw notListable(`its config has no vendor "${wanted.vendorId}"`);
  const facts = { files, manifest, config, rawConfig: snapshot.tenant_config, index };
  const page = new SkuPage(wanted);
  if (wanted.vendorId === null && VENDOR_LISTS.includes(wanted.list))
    throw notListable(`${wanted.list} is about one vendor, and none is named`);
  if (wanted.list === 'unused_map_entries') {
    if (index.vendors[wanted.vendorId ?? ''] === undefined) throw notListable(`vendor ${wanted.vendorId} was not read`);
    for (const entry of await unusedMapEntries(engine, facts, wanted.vendorId ?? ''))
      page.add(entry.vendor_sku, () => entry);
    return page.take();
  }
  const maps =
    wanted.list === 'at_map'
      ? await MapPrices.of(engine, config)
      : wanted.list === 'at_min_price'
        ? await MapPrices.always(engine, config)
        : null;
  const matcher = new Matcher(config, wanted, maps);
  const whole: WantedRecords = { extent: 'feed', lines: null };
  const result = await replay({
    ...{ engine, scratch, facts, sku: null },
    wanted: new Map(Object.keys(index.vendors).map((id) => [id, whole])),
    watch: (seen) => {
      const found = matcher.match(seen);
      if (found !== null) page.add(skuOf(seen.group), () => entryOf(config, seen, found));
    },
  });
  if (!result.ok) throw notListable(`${result.code}: ${result.message}`);
  const taken = page.take();
  return { ...taken, skus: await withHeld(facts, engine.limits ?? {}, taken.skus) };
}

function notListable(why: string): RelayError {
  return new RelayError('not_explainable', `the SKUs of the run cannot be listed: ${why}`);
}

function skuOf({ sku, skuLength }: OfferGroup): string {
  return toText(sku, 0, skuLength);
}

/** Counts all entries, and keeps those of one page. They come in order. */
class SkuPage {
  readonly #limit: number;
  readonly #after: Uint8Array | null;
  readonly #kept: Array<{ key: string; entry: ListedSku }> = [];
  #count = 0;
  #hasMore = false;

  constructor({ limit, after }: SkuListWanted) {
    this.#limit = limit;
    this.#after = after === null ? null : toBytes(after);
  }

  add(key: string, entry: () => ListedSku): void {
    this.#count++;
    if (this.#hasMore || (this.#after !== null && compareBytes(toBytes(key), this.#after) <= 0)) return;
    if (this.#kept.length < this.#limit) this.#kept.push({ key, entry: entry() });
    else this.#hasMore = true;
  }

  take(): SkuListPage {
    const next = this.#hasMore ? (this.#kept.at(-1)?.key ?? null) : null;
    return { count: this.#count, skus: this.#kept.map(({ entry }) => entry), next };
  }
}

/** What matched: the offer that lost or is tied, if the list is about one. */
interface Match {
  loser: number | null;
}

const MATCHED: Match = { loser: null };

class Matcher {
  readonly #wanted: SkuListWanted;
  readonly #minPrice: Money;
  readonly #maps: MapPrices | null;
  readonly #least = new Map<string, Money | null>();

  constructor({ pricing }: TenantConfig, wanted: SkuListWanted, maps: MapPrices | null) {
    this.#wanted = wanted;
    this.#minPrice = pricing.min_price;
    this.#maps = maps;
  }

  match(seen: SettledSku): Match | null {
    const { list, vendorId } = this.#wanted;
    const { group, winner, price } = seen;
    if (winner < 0 || price === null) return null;
    if (list === 'lost') return this.#lost(seen);
    if (list === 'tied') return this.#tied(seen);
    if (vendorId !== null && vendorOf(group, winner) !== vendorId) return null;
    return this.#hasPrice(seen, price) ? MATCHED : null;
  }

  #hasPrice({ group, winner }: SettledSku, price: Money): boolean {
    const view = group.view(winner);
    switch (this.#wanted.list) {
      case 'single_vendor':
        return group.vendor.subarray(0, group.count).every((one) => one === group.vendor[winner]);
      case 'at_min_price':
        return [this.#minPrice, this.#leastOf(view.vendorId)].some((least) => least?.compare(price) === 0);
      case 'below_cost':
        return view.landedCost !== null && price.compare(view.landedCost) < 0;
      default: {
        const map = view.mapPrice;
        if (map === null || price.compare(map) < 0) return false;
        return price.compare(map) === 0 || this.#maps?.leastAt(map, view.vendorId)?.compare(price) === 0;
      }
    }
  }

  /** `min_price` as the rules leave it, such as with an ending. */
  #leastOf(vendorId: string): Money | null {
    const known = this.#least.get(vendorId);
    if (known !== undefined) return known;
    const least = this.#maps?.leastOfAll(vendorId) ?? null;
    this.#least.set(vendorId, least);
    return least;
  }

  /** The best offer of the vendor, if another vendor wins. */
  #lost({ group, winner, chooser }: SettledSku): Match | null {
    const { vendorId } = this.#wanted;
    if (vendorOf(group, winner) === vendorId || group.count === 1) return null;
    const loser = chooser.ranked.find((offer) => offer.vendorId === vendorId);
    return loser === undefined ? null : { loser: placeOf(loser) };
  }

  /** The best offer that nothing of the strategy sets apart from the winner. */
  #tied({ group, winner, chooser, plugins }: SettledSku): Match | null {
    if (group.count === 1) return null;
    const { strategy } = plugins.strategy;
    const view = group.view(winner);
    // one that is ranked before the winner lacked a price
    const after = chooser.ranked.slice(chooser.ranked.findIndex((offer) => placeOf(offer) === winner) + 1);
    const tied = after.filter((offer) => isTie(strategy, view, offer));
    const { vendorId } = this.#wanted;
    const isOfVendor = vendorId === null || view.vendorId === vendorId;
    const loser = isOfVendor ? tied[0] : tied.find((offer) => offer.vendorId === vendorId);
    return loser === undefined ? null : { loser: placeOf(loser) };
  }
}

function vendorOf(group: OfferGroup, offer: number): string {
  return group.vendorIds[group.vendor[offer] ?? -1] ?? '';
}

function placeOf(offer: Offer): number {
  return (offer as OfferView).index;
}

function entryOf(config: TenantConfig, seen: SettledSku, { loser }: Match): ListedSku {
  const { group, winner, price } = seen;
  const decimals = moneyDecimals(config.default_currency);
  const lostBy = loser === null ? null : lossOf(seen, loser);
  return {
    sku: skuOf(group),
    vendor_sku: null,
    winner: vendorOf(group, winner),
    price: price === null ? null : unitsText(price.toUnits(decimals), decimals),
    held: null,
    offers: group.count,
    loser: loser === null ? null : vendorOf(group, loser),
    lost_by: lostBy,
    difference: differenceOf(lostBy),
  };
}

/** The difference of values such as `cost 243.08`, which say what they are. */
function differenceOf(lostBy: LostBy | null): string | null {
  const [own, winner] = [lostBy?.own, lostBy?.winner].map((value) => /^(.*?)(-?[0-9.]+)$/.exec(value ?? ''));
  if (own == null || winner == null || own[1] !== winner[1]) return null;
  const [a, b] = [Money.parse(own[2] ?? ''), Money.parse(winner[2] ?? '')];
  return a === null || b === null ? null : a.sub(b).toString();
}
