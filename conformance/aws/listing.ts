/** S3's ListObjectsV2, made from a server's list of all keys: in code point order and in pages, unlike fauxqs. */

interface Entry {
  key: string;
  /** The entry as the server's list has it. */
  xml: string;
}

const PAGE_MAX = 1000;

/** `all` is an answer with every key under the prefix. */
export function listingOf(all: string, query: URLSearchParams): string {
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const entries = [...all.matchAll(/<Contents><Key>(.*?)<\/Key>(.*?)<\/Contents>/gs)]
    .map(([, key, rest]): Entry => ({ key: fromXml(key!), xml: rest! }))
    .filter(({ key }) => after === '' || compare(key, after) > 0)
    .sort((a, b) => compare(a.key, b.key));
  const size = Math.min(Number(query.get('max-keys') ?? PAGE_MAX), PAGE_MAX);
  const page = entries.slice(0, size);
  const more = entries.length > size;
  const url = query.get('encoding-type') === 'url';
  const contents = page.map(({ key, xml }) => {
    const shown = url ? encodeURIComponent(key).replaceAll('%2F', '/') : toXml(key);
    // S3 has whole seconds
    return `<Contents><Key>${shown}</Key>${xml.replace(/\.\d{3}Z/, '.000Z')}</Contents>`;
  });
  const next = more ? Buffer.from(page.at(-1)!.key).toString('base64url') : null;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<KeyCount>${page.length}</KeyCount><MaxKeys>${size}</MaxKeys><IsTruncated>${more}</IsTruncated>`,
    ...(url ? ['<EncodingType>url</EncodingType>'] : []),
    ...(next === null ? [] : [`<NextContinuationToken>${next}</NextContinuationToken>`]),
    ...contents,
    '</ListBucketResult>',
  ].join('\n');
}

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function fromXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function toXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
