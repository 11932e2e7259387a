/** `relay explain`: why a SKU of a run has its price, its stock and its winner, or why it was not published. */
import os from 'node:os';
import path from 'node:path';
import { explainSku } from '../../core/explain/explain.ts';
import { listSkus } from '../../core/explain/lists/sku-list.ts';
import { receiptLines } from '../../core/explain/receipt/text.ts';
import { bold, lines } from '../colour.ts';
import { printJson } from '../failure.ts';
import { FileScratch } from '../host/files.ts';
import { readLocalManifest } from '../host/published.ts';
import { findRunFolder, LocalRunFiles } from '../host/run-files.ts';
import { EXIT, type Io } from '../io.ts';
import { localEngine } from '../local-engine.ts';
import { EXPLAIN } from '../manual/explain-commands.ts';
import { openRegistry } from '../plugins/load.ts';
import { readBaseSettings } from '../settings.ts';
import { listWanted, skuListLines } from '../sku-list.ts';
import { readArgs, refuseExtra, UsageError } from '../usage.ts';

export async function explainCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, EXPLAIN.options);
  const [runId, sku, ...extra] = positionals;
  const wanted = listWanted(values);
  if (runId === undefined || (sku === undefined) !== (wanted !== null))
    throw new UsageError('relay explain takes a run and a SKU, or a run and --list');
  refuseExtra(extra, '; quote a SKU that has spaces');
  const folder = findRunFolder(runId, { option: '--out', runs: values.out, tenant: values.tenant });
  const settings = readBaseSettings(io.env);
  const engine = localEngine(await openRegistry(settings), settings);
  const scratch = new FileScratch(path.join(os.tmpdir(), `relay-explain-${process.pid}`));
  try {
    const files = new LocalRunFiles(folder);
    if (wanted !== null) {
      const page = await listSkus({ engine, files, scratch }, wanted);
      if (values.json)
        printJson(io, {
          run_id: readLocalManifest(folder)?.run_id ?? runId,
          list: wanted.list,
          vendor_id: wanted.vendorId,
          ...page,
        });
      else io.stdout(lines(skuListLines(wanted, page)));
      return EXIT.ok;
    }
    const receipt = await explainSku({ engine, files, scratch, sku: sku ?? '' });
    if (values.json) printJson(io, receipt);
    else io.stdout(lines(receiptLines(receipt).map(({ text, isTitle }) => (isTitle ? bold(text) : text))));
    return receipt.findings.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    scratch.dispose();
  }
}
