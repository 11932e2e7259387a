/**
 * How many requests are begun in one turn of the event loop. Hundreds that come at once, each of some milliseconds, would keep the loop
 * busy for a second, in which nobody else is answered and no run goes on. Here those that do not fit into a few milliseconds wait for later
 * turns. Addresses take turns, and the keys of an address too, so that whoever sends one request waits for few of the others. Nothing waits
 * while there is time: the pace of a single client stays what it is.
 *
 * What a request does after it first waits is in no turn. Files are read by a few threads, in the order in which they were asked for: behind
 * three hundred requests of one key a run of another tenant waited for seconds. So only some of one key's are at work at once.
 */
import type { IncomingMessage } from 'node:http';

type Begin = () => void;

export interface TurnLimits {
  /** For how many milliseconds requests are begun in one turn of the loop. */
  turnMs: number;
  /** How many requests of one key are at work at once. */
  atOnce: number;
}

interface Taken {
  owner: Owner;
  begin: Begin;
}

/** The requests of one key. */
interface AtWork {
  /** When each was begun, oldest first. */
  since: Map<Taken, number>;
  /** Those that wait for one of them to end. */
  held: Taken[];
  timer: ReturnType<typeof setTimeout> | null;
}

/** For how long a request counts as at work. */
const WORK_MS = 1000;

/** The most requests that are begun between two looks at sockets, however little each takes. */
const BEGUN_MAX = 64;

export class RequestTurns {
  readonly #turnMs: number;
  readonly #now: () => number;
  readonly #atOnce: number;
  readonly #waiting = new FairList<Begin>();
  /** By address and key. */
  readonly #atWork = new Map<string, AtWork>();
  /** When the first request of this turn was begun. */
  #began: number | null = null;
  /** Calls of `#beginOne` that are still to come. */
  #coming = 0;

  constructor({ turnMs, atOnce }: TurnLimits, now: () => number = () => performance.now()) {
    this.#turnMs = turnMs;
    this.#atOnce = atOnce;
    this.#now = now;
  }

  /** Begins a request, now or in a later turn. Call the returned function when it is over, or its client gone. */
  take(owner: Owner, begin: Begin): () => void {
    const name = `${owner.address}\n${owner.key}`;
    const own: AtWork = this.#atWork.get(name) ?? { since: new Map(), held: [], timer: null };
    this.#atWork.set(name, own);
    const one: Taken = { owner, begin };
    if (this.#hasRoom(own)) {
      own.since.set(one, this.#now());
      if (this.#waiting.size === 0 && this.#hasTime()) begin();
      else this.#waiting.add(owner, begin);
    } else {
      own.held.push(one);
      this.#look(own);
    }
    return () => {
      const at = own.since.delete(one) ? -1 : own.held.indexOf(one);
      if (at >= 0) own.held.splice(at, 1);
      this.#admit(own);
      // one that no longer counted may end when others of this key are in a list of their own
      const isEmpty = own.since.size === 0 && own.held.length === 0;
      if (isEmpty && this.#atWork.get(name) === own) this.#atWork.delete(name);
    };
  }

  /** Requests that take longer wait for something else than this process, and no longer count. */
  #hasRoom({ since }: AtWork): boolean {
    if (since.size < this.#atOnce) return true;
    const old = this.#now() - WORK_MS;
    for (const [one, began] of since) {
      if (began > old) break;
      since.delete(one);
    }
    return since.size < this.#atOnce;
  }

  #admit(own: AtWork): void {
    while (own.held.length > 0 && this.#hasRoom(own)) {
      const one = own.held.shift();
      if (one === undefined) break;
      own.since.set(one, this.#now());
      this.#waiting.add(one.owner, one.begin);
      this.#hasTime();
    }
    this.#look(own);
  }

  /** Looks again when the oldest no longer counts. */
  #look(own: AtWork): void {
    if (own.timer !== null || own.held.length === 0) return;
    own.timer = setTimeout(() => {
      own.timer = null;
      this.#admit(own);
    }, WORK_MS / 4);
  }

  #hasTime(): boolean {
    const now = this.#now();
    if (this.#began !== null) return now - this.#began < this.#turnMs;
    this.#began = now;
    // Node comes to these when it has looked at all sockets that were ready
    setImmediate(() => this.#endTurn());
    return true;
  }

  #endTurn(): void {
    this.#began = null;
    // each is a callback of its own, so that what a request does before it first waits is over when the next one is begun
    const count = Math.min(this.#waiting.size, BEGUN_MAX) - this.#coming;
    for (let i = 0; i < count; i++) {
      this.#coming++;
      setImmediate(() => this.#beginOne());
    }
  }

  #beginOne(): void {
    this.#coming--;
    if (this.#waiting.size > 0 && this.#hasTime()) this.#waiting.next()?.();
  }
}

/** Whose a request is, as far as it can be told before its key was looked up. */
export interface Owner {
  /** Requests without a key, and those for health, have turns beside the others of their address. */
  address: string;
  /** Of a request without a key, the path: a feed link is in it. */
  key: string;
}

const HEALTH = '/v1/health';

/**
 * A load balancer asks for health from the address from which all others come, too. And whoever has no key can ask for as many paths as they
 * like: those share the turns of one address, beside the keys of it.
 */
export function ownerOf({
  headers,
  socket,
  url = '',
}: Pick<IncomingMessage, 'headers' | 'url'> & { socket: { remoteAddress?: string | undefined } }): Owner {
  const address = socket.remoteAddress ?? '';
  const path = url.split('?', 1)[0] ?? '';
  if (path === HEALTH) return { address: `health ${address}`, key: '' };
  const key = headers['x-api-key'] ?? headers.authorization ?? null;
  return key === null ? { address: `no key ${address}`, key: path } : { address, key: String(key) };
}

/** Items of owners, who take turns: first the addresses, then the keys of each. */
class FairList<T> {
  readonly #items = new Map<string, Map<string, T[]>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add({ address, key }: Owner, item: T): void {
    const keys = this.#items.get(address) ?? new Map<string, T[]>();
    this.#items.set(address, keys);
    const own = keys.get(key);
    if (own === undefined) keys.set(key, [item]);
    else own.push(item);
    this.#size++;
  }

  next(): T | undefined {
    for (const [address, keys] of this.#items) {
      for (const [key, own] of keys) {
        const item = own.shift();
        keys.delete(key);
        if (own.length > 0) keys.set(key, own);
        this.#items.delete(address);
        if (keys.size > 0) this.#items.set(address, keys);
        this.#size--;
        return item;
      }
    }
    return undefined;
  }
}
