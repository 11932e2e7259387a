/** Watches an output format: the rows it receives and the texts it answers. */
import type { FeedFormat, OutputRow } from '../../core/plugin.ts';
import { view } from './views.ts';
import { typeName, type Watch } from './watch.ts';

export function watchedFormat(format: FeedFormat, watch: Watch): FeedFormat {
  const edge = (hook: 'head' | 'foot') =>
    format[hook] === undefined ? {} : { [hook]: () => textOf(hook, format[hook]?.(), watch) };
  return {
    extension: format.extension,
    ...edge('head'),
    row: (row: OutputRow) => {
      const seen = view(row, `row ${row.sku}`, watch);
      const answer: unknown = format.row(seen.value);
      seen.end();
      return textOf('row', answer, watch);
    },
    ...edge('foot'),
  };
}

/** On a wrong answer the run goes on without the text, so that other checks see the rest. */
function textOf(hook: string, answer: unknown, watch: Watch): string {
  if (typeof answer === 'string') return answer;
  watch.blame('answers', `${hook} gives ${typeName(answer)}, not a text`);
  return '';
}
