/** Lines of UTF-8 text that comes in chunks. */

/** The lines that each chunk ends, and last what follows the last line end, if that is anything. */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  // joined once its line ends: a line may go through many chunks
  let rest: string[] = [];
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    rest.push(lines.shift() ?? '');
    if (lines.length === 0) continue;
    lines.unshift(rest.join(''));
    rest = [lines.pop() ?? ''];
    yield lines;
  }
  const last = rest.join('');
  if (last !== '') yield [last];
}
