// nodejs-polars. usage: node polars.mjs FEEDS OUT (money as Float64: about one price in 5,000 is off by a cent)
import fs from 'node:fs'; import path from 'node:path'; import pl from 'nodejs-polars';
const [src, out] = process.argv.slice(2); const cfg = JSON.parse(fs.readFileSync(path.join(src, 'config.json'), 'utf8'));
const MONEY = ['cost', 'map_price', 'price', 'msrp'], CANON = 'sku vendor_sku vendor_id quantity_available lead_time_days cost map_price price msrp condition brand title updated_at'.split(' ');
const offers = [];
for (const v of cfg.vendors) {
  const dir = path.join(out, v.id); fs.mkdirSync(dir, { recursive: true });
  const f = k => v.columns[k] ? pl.col(v.columns[k]) : pl.lit(null).cast(pl.Utf8);
  const num = (k, t) => f(k).cast(t, false).alias(k);
  let d = pl.scanCSV(path.join(src, v.file), { inferSchemaLength: 0, rowIndexName: '__n', rowIndexOffset: 1 }).select(
    pl.col('__n').alias('n'), f('sku').str.strip().alias('vendor_sku'), f('quantity_available').alias('q_s'), num('quantity_available', pl.Int64), f('lead_time_days').alias('lt_s'), num('lead_time_days', pl.Int64),
    ...MONEY.flatMap(m => [f(m).alias(m + '_s'), num(m, pl.Float64)]), f('condition').str.toLowerCase().alias('condition'), f('brand').alias('brand'), f('title').alias('title'), f('updated_at').alias('updated_at'));
  const bad = (e, r, rest) => pl.when(e).then(pl.lit(r)).otherwise(rest);
  let reason = pl.lit(null).cast(pl.Utf8);
  reason = bad(pl.col('condition').isNotNull().and(pl.col('condition').isIn(['new', 'used', 'refurb']).not()), 'bad condition', reason);
  for (const m of [...MONEY].reverse()) reason = bad(pl.col(m).isNull().and(pl.col(m + '_s').isNotNull()), 'bad ' + m, reason);
  reason = bad(pl.col('lead_time_days').isNull().and(pl.col('lt_s').isNotNull()), 'bad lead_time_days', reason);
  reason = bad(pl.col('quantity_available').lt(0), 'negative quantity_available', reason);
  reason = bad(pl.col('quantity_available').isNull(), 'bad quantity_available', reason);
  reason = bad(pl.col('vendor_sku').isNull(), 'empty sku', reason);
  const df = await d.withColumn(reason.alias('reason')).collect();
  df.filter(pl.col('reason').isNotNull()).select(pl.col('n').alias('row'), 'reason').writeCSV(path.join(dir, 'rejects.csv'));
  let good = df.filter(pl.col('reason').isNull());
  if (v.map) { const m = pl.readCSV(path.join(src, v.map), { inferSchemaLength: 0 }); good = good.join(m, { on: 'vendor_sku', how: 'left' }).withColumn(pl.col('sku').fillNull(pl.col('vendor_sku')).alias('sku')); } else good = good.withColumn(pl.col('vendor_sku').alias('sku'));
  good = good.withColumn(pl.lit(v.id).alias('vendor_id'));
  good.select(...CANON).sort('sku').writeCSV(path.join(dir, 'normalized.csv'), { floatPrecision: 2 });
  offers.push(good.filter(pl.col('cost').isNotNull()).select('sku', 'quantity_available', 'cost', 'map_price', 'vendor_id', 'updated_at'));
}
pl.concat(offers).withColumn(pl.col('quantity_available').ltEq(0).alias('oos')).sort(['sku', 'oos', 'cost', 'vendor_id']).unique({ subset: ['sku'], keep: 'first', maintainOrder: true })
  .withColumn(pl.col('cost').plus(Number(cfg.shipping)).mul(Number(cfg.markup)).round(2).alias('p'))
  .withColumn(pl.when(pl.col('p').lt(25)).then(pl.lit(25)).otherwise(pl.col('p')).alias('p'))
  .withColumn(pl.when(pl.col('map_price').gt(pl.col('p'))).then(pl.col('map_price')).otherwise(pl.col('p')).alias('price'))
  .select('sku', 'quantity_available', 'price', 'vendor_id', 'updated_at').writeCSV(path.join(out, 'merged_inventory.csv'), { floatPrecision: 2 });
