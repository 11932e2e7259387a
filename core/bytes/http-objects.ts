/** Conditions and ranges of requests for an object, and its bytes as a body. */

/** True if the client already has this state of the object. */
export function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  // a header may have thousands of commas
  if (ifNoneMatch === null || !(ifNoneMatch.includes(etag) || ifNoneMatch.includes('*'))) return false;
  const known = ['*', `"${etag}"`, `W/"${etag}"`];
  return ifNoneMatch.split(',').some((one) => known.includes(one.trim()));
}

/** The first and last byte of a single range. Null for the whole object, which is also the answer to several ranges. */
export function wantedRange(
  headers: Headers,
  info: { etag: string; size: number },
): { first: number; last: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers.get('range') ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return null;
  const ifRange = headers.get('if-range');
  if (ifRange !== null && ifRange !== `"${info.etag}"`) return null;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  if (from === '') return { first: Math.max(0, info.size - Number(to)), last: info.size - 1 };
  if (to !== '' && Number(to) < Number(from)) return null;
  return { first: Number(from), last: to === '' ? Math.max(info.size - 1, Number(from)) : Number(to) };
}

/** The body as a web stream. It hands on the chunks without a copy, so nobody may write into them afterwards. */
export function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}
