/** The expressions of DynamoDB that the stores use: conditions on an item, and the change of an update. */

export type Item = Record<string, unknown>;
/** The input of a command. */
export type Input = Record<string, unknown>;

/** Throws as a service of AWS refuses a request. */
export function refuse(name: string, message: string, more: object = {}): never {
  throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 }, ...more });
}

type Condition = (item: Item) => boolean;
type Operand = (item: Item) => unknown;

const TOKEN = /\s*(<=|>=|[#:]\w+|\w+|\S)/y;
const OTHERS = ['FilterExpression'];

/**
 * The conditions of a command, by the names of their expressions; the other expressions only use names and values.
 * Each name and value must be used. `names` are the attributes that a condition on keys may have.
 */
export function holds(
  input: Input,
  expressions: readonly string[],
  keyNames?: readonly string[],
): Record<string, Condition> {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = input as Record<
    string,
    Item
  >;
  const used = new Set<string>();
  const conditions: Record<string, Condition> = {};
  for (const name of [...expressions, ...OTHERS]) {
    const text = input[name] as string | undefined;
    if (text === undefined) continue;
    for (const [alias] of text.matchAll(/[#:]\w+/g)) used.add(alias);
    if (name !== 'UpdateExpression') conditions[name] = new Reader(text, names, values).condition();
  }
  const given = [...Object.keys(names), ...Object.keys(values)];
  const isOdd = given.length !== used.size || given.some((alias) => !used.has(alias));
  if (isOdd) refuse('ValidationException', `names and values ${given}, used ${[...used]}`);
  const keys = [...((input.KeyConditionExpression as string) ?? '').matchAll(/#\w+/g)].map(([alias]) => names[alias]);
  if (keyNames !== undefined && keys.some((name) => !keyNames.includes(name as string)))
    refuse('ValidationException', `keys ${keys}`);
  return conditions;
}

/** The item after `SET a = :a, … REMOVE b, …`. */
export function applied(input: Input, item: Item): Item {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = input as Record<
    string,
    Item
  >;
  const [, sets = '', removes = ''] =
    /^SET (.+?)(?: REMOVE (.+))?$/.exec(input.UpdateExpression as string) ?? refuse('ValidationException', 'update');
  const changed = { ...item };
  for (const set of sets.split(', ')) {
    const [name = '', value = ''] = set.split(' = ');
    changed[names[name] as string] = values[value];
  }
  for (const name of removes === '' ? [] : removes.split(', ')) delete changed[names[name] as string];
  return changed;
}

class Reader {
  readonly #tokens: string[];
  readonly #names: Item;
  readonly #values: Item;
  #at = 0;

  constructor(text: string, names: Item, values: Item) {
    this.#tokens = [...text.matchAll(new RegExp(TOKEN.source, 'g'))].map(([, token]) => token as string);
    [this.#names, this.#values] = [names, values];
  }

  condition(): Condition {
    const whole = this.#either();
    return this.#at === this.#tokens.length ? whole : refuse('ValidationException', this.#tokens.join(' '));
  }

  #take(token: string): boolean {
    const isNext = this.#tokens[this.#at] === token;
    if (isNext) this.#at++;
    return isNext;
  }

  #need(token: string): void {
    if (!this.#take(token)) refuse('ValidationException', `${this.#tokens.join(' ')} lacks ${token}`);
  }

  #either(): Condition {
    const parts = [this.#both()];
    while (this.#take('OR')) parts.push(this.#both());
    return (item) => parts.some((part) => part(item));
  }

  #both(): Condition {
    const parts = [this.#single()];
    while (this.#take('AND')) parts.push(this.#single());
    return (item) => parts.every((part) => part(item));
  }

  #single(): Condition {
    if (this.#take('(')) {
      const inside = this.#either();
      this.#need(')');
      return inside;
    }
    for (const [name, isThere] of [
      ['attribute_exists', true],
      ['attribute_not_exists', false],
    ] as const) {
      if (!this.#take(name)) continue;
      const [operand] = this.#list();
      return (item) => (operand?.(item) !== undefined) === isThere;
    }
    const left = this.#operand();
    if (this.#take('IN')) {
      const list = this.#list();
      return (item) => list.some((one) => one(item) === left(item));
    }
    if (this.#take('BETWEEN')) {
      const low = this.#operand();
      this.#need('AND');
      const high = this.#operand();
      return (item) => isOrdered(left(item), low(item), '>=') && isOrdered(left(item), high(item), '<=');
    }
    const than = this.#tokens[this.#at++] ?? '';
    const right = this.#operand();
    return (item) => isOrdered(left(item), right(item), than);
  }

  #list(): Operand[] {
    this.#need('(');
    const all = [this.#operand()];
    while (this.#take(',')) all.push(this.#operand());
    this.#need(')');
    return all;
  }

  #operand(): Operand {
    const alias = this.#tokens[this.#at++] ?? '';
    const [name, value] = [this.#names[alias], this.#values[alias]];
    if (alias.startsWith('#') && name !== undefined) return (item) => item[name as string];
    if (alias.startsWith(':') && value !== undefined && value !== null) return () => value;
    return refuse('ValidationException', `${alias} is not given`);
  }
}

/** False if one of them is missing or they have different types. */
function isOrdered(left: unknown, right: unknown, than: string): boolean {
  if (left === undefined || typeof left !== typeof right) return false;
  const bytes = (value: unknown) => Buffer.from(value as string);
  const order = typeof left === 'string' ? Buffer.compare(bytes(left), bytes(right)) : Number(left) - Number(right);
  const results: Record<string, boolean> = {
    '=': order === 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return results[than] ?? refuse('ValidationException', `operator ${than}`);
}
