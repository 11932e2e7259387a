/** `relay check`: checks a tenant config and reports every problem at once. */

import { ConfigInvalid } from '../../core/config/invalid.ts';
import { configWarnings } from '../../core/config/warnings.ts';
import { RelayError } from '../../core/errors.ts';
import { noticesOf } from '../../core/notices/notices.ts';
import { counted } from '../../core/text/counted.ts';
import { printable } from '../../core/text/printable.ts';
import { green, lines, red, type Text } from '../colour.ts';
import { readConfigFile } from '../config-file.ts';
import { EXIT, type Io } from '../io.ts';
import { noticeLines } from '../notice-lines.ts';
import { openRegistry } from '../plugins/load.ts';
import { readBaseSettings } from '../settings.ts';
import { readArgs, UsageError } from '../usage.ts';

export const CHECK_HELP = `relay check CONFIG [--json]
Checks a tenant config (JSON or YAML) and lists every problem with its path.

Exit code 0: the config is valid. 3: it has problems, or cannot be read. 2: wrong use.
`;

export async function check(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, { json: { type: 'boolean', default: false } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('relay check takes one config file');
  const settings = readBaseSettings(io.env);
  try {
    const { config } = await readConfigFile(file, await openRegistry(settings), settings);
    const { tenant_id, vendors } = config;
    const warnings = configWarnings(config);
    const notices = noticesOf(warnings);
    if (values.json) io.stdout(`${JSON.stringify({ ok: true, tenant_id, issues: [], warnings, notices })}\n`);
    else {
      const verdict = [
        `${printable(file)} is `,
        green('valid'),
        `: tenant ${tenant_id}, ${counted(vendors.length, 'vendor')}`,
      ];
      io.stdout(lines([verdict, ...noticeLines(notices).map((line): Text => ['  ', line])]));
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    const issues = error instanceof ConfigInvalid ? error.problems : [];
    const report = { ok: false, error: error.code, message: error.message, issues };
    io.stdout(values.json ? `${JSON.stringify(report, null, 2)}\n` : [red(error.code), `: ${error.message}\n`]);
    return EXIT.failed;
  }
}
