/**
 * Lists of requests that are wrong in thousands of places. A schema makes an issue of each, which takes milliseconds of the loop for a
 * problem that the first of them shows.
 */

/** Lists that are no longer are left as they are. */
const SHORT = 1000;
/** A longer list ends with the wrong element that is so many. */
const WRONG_MAX = 100;
/** The longest text that a list of a request may have: a thousand characters, each of which may take two units. */
const TEXT_MAX = 2000;

/** The body with its long lists cut where they have been wrong often enough. All lists of requests are lists of texts. */
export function withShortLists(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const cut: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (!Array.isArray(value) || value.length <= SHORT) continue;
    const end = endOf(value);
    if (end < value.length) cut[name] = value.slice(0, end);
  }
  return Object.keys(cut).length === 0 ? body : { ...body, ...cut };
}

function endOf(list: readonly unknown[]): number {
  let wrong = 0;
  for (let i = 0; i < list.length; i++) {
    const one = list[i];
    if (typeof one === 'string' && one !== '' && one.length <= TEXT_MAX) continue;
    if (++wrong === WRONG_MAX) return i + 1;
  }
  return list.length;
}
