/** `relay completion`: prints a script that completes commands in a shell. */
import { didYouMean } from '../../core/text/suggest.ts';
import { printJson } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { COMPLETION } from '../manual/commands.ts';
import { completionScript } from '../manual/completion/index.ts';
import { SHELLS } from '../manual/values.ts';
import { readArgs, refuseExtra, UsageError } from '../usage.ts';

export async function completion(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, COMPLETION.options);
  const [name, ...extra] = positionals;
  if (name === undefined) throw new UsageError(`relay completion takes one of ${SHELLS.join(', ')}`);
  refuseExtra(extra);
  const shell = SHELLS.find((one) => one === name);
  if (shell === undefined) {
    throw new UsageError(
      `"${name}" is not a shell that Relay knows${didYouMean(name, SHELLS)}; take one of ${SHELLS.join(', ')}`,
    );
  }
  const script = await completionScript(shell);
  if (values.json) printJson(io, { shell, script });
  else io.stdout(script);
  return EXIT.ok;
}
