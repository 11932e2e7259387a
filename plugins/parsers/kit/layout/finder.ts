/** Gathers the problems of a table. */
import type { ConfigProblem } from '../../../../core/plugin.ts';

export class Finder {
  readonly problems: ConfigProblem[] = [];

  /** Adds a problem unless `message` is null. */
  check(path: string, message: string | null, code = 'invalid_value'): void {
    if (message !== null) this.problems.push({ path, code, message });
  }
}
