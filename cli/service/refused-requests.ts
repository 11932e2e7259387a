/**
 * Requests that HTTP/1.1 does not allow, or whose length or host a proxy in front could read in another way, and that Node takes all the
 * same. Node itself refuses two lengths, a length beside chunks, folded headers and their like.
 */
import type { IncomingMessage } from 'node:http';

/** The whole answer to a request that is refused; null for others. */
export function refusedRequest({ rawHeaders, httpVersion }: IncomingMessage, headersMax: number): string | null {
  if (rawHeaders.length > 2 * headersMax) {
    return closingAnswer(
      '431 Request Header Fields Too Large',
      'TOO_MANY_HEADERS',
      `a request may have ${headersMax} headers`,
    );
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return closingAnswer('505 HTTP Version Not Supported', 'HTTP_VERSION', 'the service answers HTTP/1.1 and HTTP/1.0');
  }
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (isNamed(name, 'host')) hosts++;
    else if (isNamed(name, 'transfer-encoding')) {
      if (httpVersion === '1.0') return malformed('a request of HTTP/1.0 has no Transfer-Encoding');
      if (!isNamed((rawHeaders[i + 1] ?? '').trim(), 'chunked'))
        return closingAnswer(
          '501 Not Implemented',
          'TRANSFER_ENCODING',
          'a body may have no Transfer-Encoding but chunked',
        );
    }
  }
  return hosts > 1 ? malformed('a request has one Host') : null;
}

function isNamed(text: string, lowercase: string): boolean {
  return text.length === lowercase.length && text.toLowerCase() === lowercase;
}

function malformed(message: string): string {
  return closingAnswer('400 Bad Request', 'MALFORMED_REQUEST', message);
}

/** The whole answer that ends a connection. */
export function closingAnswer(status: string, error: string, message: string): string {
  const headers = ['Connection: close', 'Content-Type: application/json'];
  return [`HTTP/1.1 ${status}`, ...headers, '', JSON.stringify({ error, message })].join('\r\n');
}
