/** A line diff for people: the expected lines and the actual ones, with invisible characters escaped. */
// biome-ignore-all lint/style/noNonNullAssertion: loops bound every index

import { printable, spelled } from '../../core/text/printable.ts';

/** Equal lines shown before and after a difference. */
const CONTEXT_LINES = 1;
/** Above this many cells of the table, the whole differing middle is shown without looking for common lines. */
const TABLE_CELLS_MAX = 4_000_000;

/** `-` lines are only expected, `+` lines are only in the actual text. Empty if the texts are equal. */
export function lineDiff(expected: string, actual: string): string[] {
  if (expected === actual) return [];
  const [before, after] = [splitLines(expected), splitLines(actual)];
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const middle = diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const lead = before.slice(Math.max(0, head - CONTEXT_LINES), head);
  const trail = before.slice(before.length - tail, before.length - tail + CONTEXT_LINES);
  return [`line ${head + 1}:`, ...marked(' ', lead), ...middle, ...marked(' ', trail)];
}

/** By longest common subsequence. Equal lines between two differences are counted, not shown. */
function diffMiddle(before: readonly string[], after: readonly string[]): string[] {
  if (before.length * after.length > TABLE_CELLS_MAX) return [...marked('-', before), ...marked('+', after)];
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const out: string[] = [];
  let same = 0;
  const flush = () => {
    if (same > 0) out.push(`  … ${same} the same`);
    same = 0;
  };
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      same++;
      i++;
      j++;
      continue;
    }
    flush();
    const drop =
      j === after.length || (i < before.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!);
    out.push(...(drop ? marked('-', before.slice(i, ++i)) : marked('+', after.slice(j, ++j))));
  }
  flush();
  return out;
}

/** Lines without line feeds. A last line that lacks one says so: that is a difference too. */
function splitLines(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, `${last}⏎ missing`];
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.map((line) => `${mark} ${visible(line)}`);
}

/** Control characters, unusual spaces and byte order marks as escapes. */
function visible(line: string): string {
  return printable(line).replace(/[\u00a0\u2000-\u200d\u3000\ufeff]/g, spelled);
}
