/**
 * Downloads: feeds, deltas, exports, artifacts behind signed addresses. Hundreds at once would keep the event loop busy with their bytes
 * alone. So whoever asks has so many places, and others of theirs wait for one; and of all bodies together only so many bytes are passed on
 * in one turn of the loop, tenants in turn.
 *
 * A place is for what loads the service. A reader who is slow, or who takes a gigabyte, gives its place up after a while and reads on: no
 * slow reader keeps the other downloads of a tenant waiting.
 */
import type { Context } from 'hono';
import type { ApiDeps, DownloadSettings } from '../deps.ts';
import type { AppEnv } from './app-env.ts';
import { rateKey } from './auth.ts';
import { tooManyAtOnce } from './errors.ts';
import { clientGone } from './questions.ts';

export class Downloads {
  readonly #settings: DownloadSettings;
  readonly #isEdge: boolean;
  readonly #places = new Map<string, DownloadPlaces>();
  readonly #turns: ByteTurns;

  /** An edge runtime has no turns: requests of one isolate may not wait for each other. */
  constructor({ settings, configJobs }: Pick<ApiDeps, 'settings' | 'configJobs'>) {
    this.#settings = settings.downloads;
    this.#isEdge = configJobs === null;
    this.#turns = new ByteTurns(settings.downloads.turnBytes);
  }

  /** Answers when there is a place. Throws `RATE_LIMITED` if too many wait. */
  async inTurn(c: Context<AppEnv>, tenantId: string, answer: () => Promise<Response>): Promise<Response> {
    if (this.#isEdge) return answer();
    const owner = `${tenantId} ${ownerOf(c)}`;
    const places = this.#places.get(owner) ?? new DownloadPlaces(this.#settings);
    this.#places.set(owner, places);
    const entered = places.enter();
    if (entered === null) throw tooManyAtOnce('downloads');
    const place = entered instanceof Promise ? await entered : entered;
    const leave = () => {
      places.leave(place);
      // a slow reader may end when its places are gone, and others of this owner are there
      if (places.isEmpty && this.#places.get(owner) === places) this.#places.delete(owner);
    };
    try {
      if (entered instanceof Promise && c.req.raw.signal.aborted) throw clientGone();
      const { status, headers, body } = await answer();
      if (body !== null) {
        const turn = (bytes: number) => this.#turns.take(tenantId, bytes);
        return new Response(passedOn(body, turn, leave), { status, headers });
      }
      leave();
      return new Response(null, { status, headers });
    } catch (error) {
      leave();
      throw error;
    }
  }
}

/** Whose places a download takes: those of the key, of the feed link, or of the tenant's signed addresses. */
function ownerOf(c: Context<AppEnv>): string {
  const [principal, link] = [c.get('principal'), c.get('link')];
  return principal === undefined ? (link?.keyId ?? 'signed') : rateKey(principal);
}

/** A download that loads the service, and since when by `performance.now`. */
interface DownloadPlace {
  since: number;
}

/** The places of one owner. */
class DownloadPlaces {
  readonly #settings: Omit<DownloadSettings, 'turnBytes'>;
  /** Oldest first. */
  readonly #taken = new Set<DownloadPlace>();
  readonly #waiting: Array<(place: DownloadPlace) => void> = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(settings: Omit<DownloadSettings, 'turnBytes'>) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    return this.#taken.size === 0 && this.#waiting.length === 0;
  }

  /** Null if too many wait. */
  enter(): DownloadPlace | Promise<DownloadPlace> | null {
    if (this.#hasRoom()) return this.#take();
    if (this.#waiting.length >= this.#settings.waiting) return null;
    const place = new Promise<DownloadPlace>((resolve) => this.#waiting.push(resolve));
    this.#wait();
    return place;
  }

  /** May be called again, and after the place went to another. */
  leave(place: DownloadPlace): void {
    if (this.#taken.delete(place)) this.#admit();
  }

  #take(): DownloadPlace {
    const place = { since: performance.now() };
    this.#taken.add(place);
    return place;
  }

  #hasRoom(): boolean {
    const old = performance.now() - this.#settings.placeSeconds * 1000;
    for (const place of this.#taken) {
      if (place.since > old) break;
      this.#taken.delete(place);
    }
    return this.#taken.size < this.#settings.atOnce;
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) this.#waiting.shift()?.(this.#take());
    this.#wait();
  }

  /** Looks again when the oldest place is up. */
  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const [oldest] = this.#taken;
    if (this.#waiting.length === 0 || oldest === undefined) return;
    const ms = oldest.since + this.#settings.placeSeconds * 1000 - performance.now();
    this.#timer = setTimeout(() => this.#admit(), Math.max(1, Math.ceil(ms)));
  }
}

/** Nothing is read ahead, so that a slow reader costs as little memory as can be. */
function passedOn(
  body: ReadableStream<Uint8Array>,
  turn: (bytes: number) => Promise<void> | null,
  done: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: isEnd, value } = await reader.read();
          if (isEnd) {
            controller.close();
            return done();
          }
          const wait = turn(value.length);
          if (wait !== null) await wait;
          controller.enqueue(value);
        } catch (error) {
          done();
          throw error;
        }
      },
      cancel(reason) {
        done();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Chunks that wait for a turn, beyond which downloads rest between two turns. Some clients at once have no rests. */
const CROWD = 8;
/** Half of the time is then left to others; it is still more than a line of a gigabit per second carries. */
const REST_MS = 5;

/** So many bytes in one turn of the event loop; who comes later waits for the next one, in which owners take turns. */
export class ByteTurns {
  readonly #turnBytes: number;
  readonly #waiting = new Map<string, Array<{ bytes: number; go: () => void }>>();
  #left: number;
  #count = 0;
  #restMs = 0;
  #isOpen = false;

  constructor(turnBytes: number) {
    this.#turnBytes = turnBytes;
    this.#left = turnBytes;
  }

  /** Null if the bytes may be passed on at once. A turn takes the chunk that exceeds it: none is too large. */
  take(owner: string, bytes: number): Promise<void> | null {
    if (this.#left > 0 && this.#waiting.size === 0) {
      this.#pass(bytes);
      return null;
    }
    const own = this.#waiting.get(owner) ?? [];
    this.#waiting.set(owner, own);
    this.#count++;
    return new Promise((go) => own.push({ bytes, go }));
  }

  #pass(bytes: number): void {
    this.#left -= bytes;
    if (this.#isOpen) return;
    this.#isOpen = true;
    // even the shortest time lets the loop look at its sockets
    setTimeout(() => this.#next(), this.#restMs);
  }

  #next(): void {
    this.#isOpen = false;
    this.#left = this.#turnBytes;
    this.#restMs = this.#count > CROWD ? REST_MS : 0;
    for (const [owner, own] of this.#waiting) {
      if (this.#left <= 0) return;
      const one = own.shift();
      this.#waiting.delete(owner);
      if (own.length > 0) this.#waiting.set(owner, own);
      if (one === undefined) continue;
      this.#count--;
      this.#pass(one.bytes);
      one.go();
    }
  }
}
