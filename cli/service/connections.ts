/**
 * What one connection may make Node do in one turn of the loop. Node reads 64 KiB of a connection at once, and hands over all that is in
 * them before it looks at another: thousands of requests, if a client writes the next ones without waiting for answers, or ten thousand
 * pieces of a body of a byte each. Here the requests of a connection are taken one after the other, each in a turn of its own, and pieces
 * are joined. Beyond what any client needs, the connection ends, and the rest of what Node has read is not parsed.
 */
import { IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refusedRequest } from './refused-requests.ts';
import { ownerOf, RequestTurns } from './request-turns.ts';

export interface RequestLimits {
  /** How many requests of a connection may wait for the answer of the one before them. Few clients ever send a second one. */
  requestsWaiting: number;
  /** See `TurnLimits`. */
  turnMs: number;
  atOnce: number;
  /** The most headers of a request. Browsers and proxies send some thirty; reading a thousand takes 10 ms. */
  headersMax: number;
}

export interface TinyPieces extends Pick<RequestLimits, 'headersMax'> {
  /** How many pieces a body may have that have fewer than 16 bytes on average. */
  tinyPiecesMax: number;
}

/** Bytes of a connection that Node's parser gets at a time. */
const SLICE_BYTES = 8192;
/** Smaller pieces of a body are joined. */
const PIECE_BYTES = 4096;
/** What pieces must have on average, if there are very many. */
const TINY_BYTES = 16;

const NOTHING = Buffer.alloc(0);

/**
 * Hands the bytes of each connection to Node's parser in slices, and none once the connection is ended. What Node pauses waits, as Node
 * expects no bytes then.
 */
export function parseInSlices(server: Server): void {
  server.on('connection', (socket: Socket) => {
    const parsers = socket.listeners('data');
    let rest: Buffer = NOTHING;
    const parse = () => {
      while (rest.length > 0 && !socket.isPaused()) {
        if (isEnded(socket)) {
          rest = NOTHING;
          return;
        }
        const slice = rest.subarray(0, SLICE_BYTES);
        rest = rest.subarray(slice.length);
        for (const parser of parsers) parser.call(socket, slice);
      }
    };
    socket.on('data', (bytes: Buffer) => {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      parse();
    });
    socket.on('resume', parse);
    for (const parser of parsers) socket.off('data', parser as () => void);
  });
}

function isEnded(socket: Socket): boolean {
  return socket.destroyed || socket.writableEnded;
}

/** Takes the requests of each connection one after the other, and those of all connections in the turns of `RequestTurns`. */
export function inTurn(listener: RequestListener, limits: RequestLimits): RequestListener {
  const { requestsWaiting, headersMax } = limits;
  const turns = new RequestTurns(limits);
  /** The next requests of each connection that waits for an answer. */
  const waiting = new WeakMap<Socket, Array<[IncomingMessage, ServerResponse]>>();
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    // otherwise Node drops the rest of a body that nobody has read, and nobody counts its pieces
    request.read(0);
    response.once('close', () => {
      request.resume();
      const next = waiting.get(socket)?.shift();
      if (next === undefined || socket.destroyed) waiting.delete(socket);
      else setImmediate(take, ...next);
    });
    const end = turns.take(ownerOf(request), () => {
      if (!socket.destroyed) listener(request, response);
    });
    response.once('close', end);
  };
  return (request, response) => {
    const { socket } = request;
    // the rest of a slice
    if (isEnded(socket)) {
      (request as JoinedRequest).isDropped = true;
      return;
    }
    const next = waiting.get(socket);
    const refusal = refusedRequest(request, headersMax);
    if (next === undefined && refusal !== null) return socket.end(refusal, () => socket.destroy());
    if (next === undefined) {
      waiting.set(socket, []);
      take(request, response);
    } else if (next.length < requestsWaiting && refusal === null) next.push([request, response]);
    else socket.destroy();
  };
}

/** The class of requests whose bodies may have so many pieces with fewer than 16 bytes on average, and so many trailers. */
export function joinedRequest({ tinyPiecesMax, headersMax }: TinyPieces): typeof IncomingMessage {
  return class extends JoinedRequest {
    override readonly limits = { tinyPiecesMax, headersMax };
  };
}

/** A request whose body comes in joined pieces. */
abstract class JoinedRequest extends IncomingMessage {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #piecesInAll = 0;
  #bytesInAll = 0;

  abstract readonly limits: TinyPieces;

  /** True if nobody has seen it. Then it needs no error when the connection ends. */
  isDropped = false;

  /** Why the connection was ended in the middle of it, for its reader. */
  #cut: string | null = null;

  /** Why it broke off before anybody read it. */
  #broken: Error | undefined;

  /**
   * A stream that is destroyed before it is read looks to readers of web streams like one without bytes, or like one that never ends.
   * So a body that breaks off is destroyed once it has a reader.
   */
  override destroy(error?: Error): this {
    if (this.isDropped) return this;
    // an error of its own: what was read of the body must not pass for all of it
    const reason = this.#cut === null ? error : new Error(this.#cut);
    const isWhole = this.complete && this.#cut === null;
    if (isWhole || reason === undefined || this.listenerCount('data') > 0) return super.destroy(reason);
    this.#broken = reason;
    return this;
  }

  override on(event: string | symbol, listener: (...given: never[]) => void): this {
    super.on(event, listener as () => void);
    if (event === 'data' && this.#broken !== undefined) process.nextTick(() => super.destroy(this.#broken));
    return this;
  }

  override push(piece: Uint8Array | null): boolean {
    if (this.isDropped || this.#cut !== null || this.destroyed) return false;
    // Node has added them before it ends the body
    if (piece === null && this.rawTrailers.length > 2 * this.limits.headersMax)
      return this.#endConnection('the body has too many trailers');
    if (piece === null || piece.length >= PIECE_BYTES) {
      this.#pass();
      return super.push(piece);
    }
    this.#piecesInAll++;
    this.#bytesInAll += piece.length;
    if (this.#piecesInAll > this.limits.tinyPiecesMax && this.#bytesInAll < this.#piecesInAll * TINY_BYTES)
      return this.#endConnection('the body comes in pieces of a few bytes');
    if (this.#pieces.length === 0) setImmediate(() => this.#pass());
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    return this.readableLength + this.#bytes < this.readableHighWaterMark;
  }

  #endConnection(reason: string): false {
    this.#cut = reason;
    // which destroys this request too
    this.socket.destroy();
    return false;
  }

  #pass(): void {
    const [first] = this.#pieces;
    if (first !== undefined && !this.destroyed) {
      super.push(this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces, this.#bytes));
    }
    this.#pieces = [];
    this.#bytes = 0;
  }
}
