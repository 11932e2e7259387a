/**
 * Notices forbidden access of a plugin: clock, randomness, network, files, timers, environment, the machine's time
 * zone.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** Collects the calls made under guard. Other code in the process is not affected. */
const guarded = new AsyncLocalStorage<Set<string>>();

let last: Promise<unknown> = Promise.resolve();
const parseTime = Date.parse;

/** Runs `work` and returns what it reached for, without repeats. Calls queue up, even when suites run in parallel. */
export function underGuard(work: () => Promise<unknown>): Promise<string[]> {
  const turn = last.then(() => watch(work));
  last = turn.catch(() => {});
  return turn;
}

async function watch(work: () => Promise<unknown>): Promise<string[]> {
  const restore = setTraps();
  const reached = new Set<string>();
  try {
    await guarded.run(reached, work);
    return [...reached];
  } finally {
    restore();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: globals and modules of any shape are patched
type Loose = any;

/** Reading is only reported; anything that would change something is refused. */
const BLOCKED: ReadonlyArray<readonly [owner: Loose, label: string, names: readonly string[]]> = [
  [globalThis, '', ['fetch']],
  [net, 'net.', ['connect', 'createConnection', 'createServer']],
  [http, 'http.', ['request', 'get', 'createServer']],
  [https, 'https.', ['request', 'get']],
  [dns, 'dns.', ['lookup', 'resolve']],
  [childProcess, 'child_process.', ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync']],
  [
    fs,
    'fs.',
    [
      ...['open', 'openSync', 'readFile', 'readFileSync', 'readdir', 'readdirSync', 'createReadStream'],
      ...['writeFile', 'writeFileSync', 'appendFile', 'appendFileSync', 'createWriteStream', 'mkdirSync', 'rmSync'],
      'unlinkSync',
    ],
  ],
  [fs.promises, 'fs.promises.', ['open', 'readFile', 'writeFile', 'appendFile', 'readdir', 'mkdir', 'rm', 'unlink']],
];

const NOTED: ReadonlyArray<readonly [owner: Loose, label: string, names: readonly string[]]> = [
  [Math, 'Math.', ['random']],
  [performance, 'performance.', ['now']],
  // before `hrtime` itself, whose replacement carries it along
  [process.hrtime, 'process.hrtime.', ['bigint']],
  [process, 'process.', ['hrtime', 'uptime', 'cwd']],
  [fs, 'fs.', ['existsSync', 'statSync', 'lstatSync', 'accessSync', 'stat', 'access']],
  [fs.promises, 'fs.promises.', ['stat', 'access']],
  [crypto, 'crypto.', ['randomBytes', 'randomInt', 'randomUUID', 'randomFillSync']],
  [Object.getPrototypeOf(crypto.webcrypto), 'crypto.', ['randomUUID', 'getRandomValues']],
  [globalThis, '', ['setTimeout', 'setInterval', 'setImmediate']],
];

/** Methods of `Date` that use the machine's time zone. */
const LOCAL_TIME = ['Date', 'FullYear', 'Hours', 'Minutes', 'Month'].flatMap((part) => [`get${part}`, `set${part}`]);
const LOCAL_TEXT = ['String', 'DateString', 'TimeString'].flatMap((form) => [`to${form}`, `toLocale${form}`]);
const MACHINE_ZONE = [...LOCAL_TIME, 'getDay', 'getTimezoneOffset', ...LOCAL_TEXT];
/** Times that JavaScript reads the same everywhere: a bare ISO date means UTC, and the others name their zone. */
const ZONED = /^\s*[+-]?\d{4,6}(-\d\d){0,2}\s*$|(Z|UTC|GMT|[+-]\d\d:?\d\d)\s*(\([^)]*\))?\s*$/i;

/** Functions that use the machine's language unless one is given. */
const MACHINE_LANGUAGE: ReadonlyArray<readonly [owner: Loose, label: string, name: string, position: number]> = [
  [String.prototype, 'String', 'localeCompare', 1],
  [String.prototype, 'String', 'toLocaleLowerCase', 0],
  [String.prototype, 'String', 'toLocaleUpperCase', 0],
  [Number.prototype, 'Number', 'toLocaleString', 0],
];

function setTraps(): () => void {
  const undo: Array<() => void> = [];
  const replace = (owner: Loose, name: string, make: (original: Loose) => Loose) => {
    const before = Object.getOwnPropertyDescriptor(owner, name) ?? inherited(owner, name);
    if (before === undefined) return;
    const own = Object.hasOwn(owner, name);
    const original = owner[name];
    Object.defineProperty(owner, name, {
      value: make(original),
      configurable: true,
      writable: true,
      enumerable: before.enumerable === true,
    });
    undo.push(() => (own ? Object.defineProperty(owner, name, before) : delete owner[name]));
  };
  const note = (text: string) => {
    const reached = guarded.getStore();
    if (reached === undefined || isCalledByNode()) return false;
    reached.add(text);
    return true;
  };

  for (const [owner, label, names] of NOTED) {
    for (const name of names) replace(owner, name, (original) => noting(original, () => note(`${label}${name}`)));
  }
  for (const [owner, label, names] of BLOCKED) {
    for (const name of names) {
      replace(owner, name, (original) =>
        noting(original, () => {
          if (note(`${label}${name}`)) throw new Error(`a plugin may not call ${label}${name}`);
        }),
      );
    }
  }
  replace(globalThis, 'Date', (original) => watchedDate(original, note));
  for (const name of MACHINE_ZONE) {
    replace(Date.prototype, name, (original) => noting(original, () => note(`Date ${name} (the machine's time zone)`)));
  }
  for (const [owner, label, name, position] of MACHINE_LANGUAGE) {
    replace(owner, name, (original) =>
      noting(original, (args) => args[position] === undefined && note(`${label} ${name} (the machine's language)`)),
    );
  }
  for (const name of ['DateTimeFormat', 'NumberFormat', 'Collator', 'PluralRules']) {
    replace(Intl, name, (original) => watchedFormat(original, name, note));
  }
  replace(process, 'env', (original) => watchedEnvironment(original, note));
  syncBuiltinESMExports();
  return () => {
    for (const step of undo.reverse()) step();
    syncBuiltinESMExports();
  };
}

function inherited(owner: Loose, name: string): PropertyDescriptor | undefined {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(owner) ?? {}, name);
}

/** True if Node itself called the trap, for example its module loader. */
function isCalledByNode(): boolean {
  // Node reads its own environment to format a stack, so this is done outside the guard
  const stack = guarded.exit(() => new Error().stack ?? '');
  const caller = stack.split('\n').find((frame, i) => i > 0 && !isOwnFrame(frame));
  return caller === undefined || /\(?node:/.test(caller);
}

/** This file as stacks name it; in the built package, the product's file. */
const OWN_FILE = /(?:\(|at )([^()]+):\d+:\d+\)?$/m.exec(new Error().stack ?? '')?.[1] ?? '';

function isOwnFrame(frame: string): boolean {
  return frame.includes(OWN_FILE) || /node:async_hooks|async_local_storage|\(<anonymous>\)|at Reflect\./.test(frame);
}

/** The original function, with `before` called first. */
function noting(original: Loose, before: (args: unknown[]) => void): Loose {
  const watched = function (this: unknown, ...args: unknown[]) {
    before(args);
    return Reflect.apply(original, this, args);
  };
  return Object.assign(watched, original);
}

/** `Date` that notes every use of the current time or the local zone. */
function watchedDate(original: DateConstructor, note: (text: string) => boolean): DateConstructor {
  return new Proxy(original, {
    construct: (target, args, newTarget) => {
      if (args.length === 0) note('new Date()');
      if (args.length > 1 || isLocal(args[0])) note("new Date of a time without a zone (the machine's time zone)");
      return Reflect.construct(target, args, newTarget);
    },
    apply: (target) => {
      note('Date()');
      return target();
    },
    get: (target, name, receiver) => {
      if (name === 'now') note('Date.now');
      if (name !== 'parse') return Reflect.get(target, name, receiver);
      return (text: string) => {
        if (isLocal(text)) note("Date.parse of a time without a zone (the machine's time zone)");
        return target.parse(text);
      };
    },
  });
}

function isLocal(text: unknown): boolean {
  return typeof text === 'string' && !ZONED.test(text) && !Number.isNaN(parseTime(text));
}

/** A formatter class that notes use of the machine's language or time zone. */
function watchedFormat(original: Loose, name: string, note: (text: string) => boolean): Loose {
  const look = ([language, options]: Loose[]) => {
    if (language === undefined) note(`Intl.${name} (the machine's language)`);
    if (name === 'DateTimeFormat' && options?.timeZone === undefined) note(`Intl.${name} (the machine's time zone)`);
  };
  return new Proxy(original, {
    construct: (target, args, newTarget) => {
      look(args);
      return Reflect.construct(target, args, newTarget);
    },
    apply: (target, self, args) => {
      look(args);
      return Reflect.apply(target, self, args);
    },
  });
}

function watchedEnvironment(original: NodeJS.ProcessEnv, note: (text: string) => boolean): NodeJS.ProcessEnv {
  const seen = (name: string | symbol) => {
    if (typeof name === 'string') note(`process.env.${name}`);
  };
  return new Proxy(original, {
    get: (target, name) => {
      seen(name);
      return Reflect.get(target, name);
    },
    has: (target, name) => {
      seen(name);
      return Reflect.has(target, name);
    },
    ownKeys: (target) => {
      note('process.env');
      return Reflect.ownKeys(target);
    },
  });
}
