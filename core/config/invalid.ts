/** The error of a config that does not pass its check. */
import { RelayError } from '../errors.ts';
import type { ConfigProblem } from '../plugin.ts';
import { counted } from '../text/counted.ts';

/** A config that was read but does not pass its check. */
export class ConfigInvalid extends RelayError {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const version = problems.find((problem) => problem.code === 'unsupported_schema_version');
    const list = problems.map((problem) => `  ${problem.path}: ${problem.message}`).join('\n');
    super(version?.code ?? 'CONFIG_INVALID', `${file} has ${counted(problems.length, 'problem')}:\n${list}`);
    this.problems = problems;
  }
}
