/**
 * The state of a candidate that a person publishes after a guardrail stopped its run: `publish_state.csv` of that run,
 * without SKUs that were kept, zeroed or held.
 */
import { csvLine, toBytes } from '../../../bytes/text.ts';
import type { ByteSink, ByteSource, EngineLimits } from '../../../ports/engine.ts';
import { LineBuffer } from '../tables/line-buffer.ts';
import { SortedRows } from '../tables/sorted-rows.ts';
import { STATE_COLUMNS } from './state.ts';

export async function writeCandidateState(
  source: ByteSource,
  sink: ByteSink,
  limits: Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'>,
): Promise<void> {
  const rows = await SortedRows.open(source, { name: source.name, limits });
  const out = new LineBuffer();
  out.raw(toBytes(csvLine(STATE_COLUMNS)));
  const [sku, vendors, state] = [rows.indexOf('sku'), rows.indexOf('vendors'), rows.indexOf('state')];
  try {
    while (!rows.isEnded) {
      for (; rows.isReady; rows.advance()) {
        const was = rows.text(state);
        if (was === 'kept' || was === 'zeroed') continue;
        rows.writeCell(out, sku);
        out.byte(0x2c);
        rows.writeCell(out, vendors);
        out.text(',,,,\n');
      }
      await sink.write(out.take());
      await rows.refill();
    }
    await sink.write(out.take());
  } finally {
    await rows.close();
  }
}
