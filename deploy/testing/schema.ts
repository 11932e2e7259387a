/**
 * Checks a template against the CloudFormation resource specification: types, properties, required properties, values and
 * references. Every problem is a line of text.
 */
import type { PropertyType, Resource, SpecDatabase, TypeDefinition } from '@aws-cdk/service-spec-types';
import type { Any, Template } from './template.ts';

const RESOURCE_KEYS = ['Type', 'Properties', 'Condition', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy'];
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];
const PSEUDO = ['AccountId', 'NoValue', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'];
/** Functions that only conditions may use. */
const CONDITION_FUNCTIONS = ['Fn::Equals', 'Fn::Not', 'Fn::And', 'Fn::Or', 'Condition'];

export function checkTemplate(template: Template, spec: SpecDatabase): string[] {
  return new Check(template, spec).run();
}

class Check {
  readonly #template: Template;
  readonly #spec: SpecDatabase;
  readonly #problems: string[] = [];
  /** Names of parameters and conditions that something refers to. */
  readonly #used = new Set<string>();

  constructor(template: Template, spec: SpecDatabase) {
    this.#template = template;
    this.#spec = spec;
  }

  run(): string[] {
    const { Parameters, Conditions, Resources, Outputs } = this.#template;
    for (const [name, condition] of Object.entries(Conditions)) this.#reference(`Conditions.${name}`, condition);
    for (const [name, resource] of Object.entries(Resources)) this.#resource(name, resource);
    for (const [name, output] of Object.entries(Outputs)) this.#reference(`Outputs.${name}`, output);
    for (const name of [...Object.keys(Parameters), ...Object.keys(Conditions)]) {
      if (!this.#used.has(name)) this.#say(name, 'nothing refers to it');
    }
    return this.#problems;
  }

  #say(where: string, what: string): void {
    this.#problems.push(`${where}: ${what}`);
  }

  #resource(name: string, resource: Any): void {
    for (const key of Object.keys(resource)) if (!RESOURCE_KEYS.includes(key)) this.#say(name, `has no ${key}`);
    for (const key of ['DeletionPolicy', 'UpdateReplacePolicy']) {
      if (resource[key] !== undefined && !POLICIES.includes(resource[key])) this.#say(name, `${key}: ${resource[key]}`);
    }
    for (const other of [resource.DependsOn ?? []].flat()) {
      if (this.#template.Resources[other] === undefined) this.#say(name, `depends on ${other}, which is not there`);
    }
    if (resource.Condition !== undefined) this.#condition(name, resource.Condition);
    const known = this.#typeOf(resource.Type);
    if (known === undefined) {
      this.#say(name, `there is no type ${resource.Type}`);
      return;
    }
    this.#object(name, resource.Properties ?? {}, known.properties);
  }

  #typeOf(type: string): Resource | undefined {
    return this.#spec.lookup('resource', 'cloudFormationType', 'equals', type)[0];
  }

  #object(where: string, value: Any, properties: TypeDefinition['properties']): void {
    for (const [key, one] of Object.entries(value)) {
      const property = properties[key];
      if (property === undefined) this.#say(where, `has no property ${key}`);
      else this.#value(`${where}.${key}`, one, [property.type, ...(property.previousTypes ?? [])]);
    }
    for (const [key, property] of Object.entries(properties)) {
      if (property.required === true && value[key] === undefined) this.#say(where, `lacks ${key}`);
    }
  }

  /** Passes if it is one of the types. */
  #value(where: string, value: Any, types: readonly PropertyType[]): void {
    const name = functionOf(value);
    if (name === 'Fn::If') {
      const [condition, ...branches] = value[name];
      this.#condition(where, condition);
      for (const branch of branches) this.#value(where, branch, types);
    } else if (name !== null) this.#function(where, name, value[name], types);
    else {
      const attempts = alternatives(types).map((type) => {
        const check = new Check(this.#template, this.#spec);
        check.#typed(where, value, type);
        return check;
      });
      const best = attempts.find((check) => check.#problems.length === 0) ?? attempts[0]!;
      this.#problems.push(...best.#problems);
      for (const used of best.#used) this.#used.add(used);
    }
  }

  #typed(where: string, value: Any, type: PropertyType): void {
    switch (type.type) {
      case 'string':
      case 'date-time':
        // a number counts as its digits
        if (typeof value !== 'string' && typeof value !== 'number') this.#say(where, 'must be a text');
        else if (type.type === 'string') this.#allowed(where, value, type.allowedValues);
        return;
      case 'number':
      case 'integer': {
        const whole = type.type === 'integer';
        if (typeof value !== 'number' || (whole && !Number.isInteger(value))) this.#say(where, 'must be a number');
        else if (whole) this.#allowed(where, value, type.allowedValues);
        return;
      }
      case 'boolean':
        if (typeof value !== 'boolean') this.#say(where, 'must be true or false');
        return;
      case 'array':
        if (!Array.isArray(value)) {
          this.#say(where, 'must be a list');
          return;
        }
        for (const [i, one] of value.entries()) this.#value(`${where}[${i}]`, one, [type.element]);
        return;
      case 'map':
        if (!isObject(value)) {
          this.#say(where, 'must be a map');
          return;
        }
        for (const [key, one] of Object.entries(value)) this.#value(`${where}.${key}`, one, [type.element]);
        return;
      case 'ref':
        if (!isObject(value)) {
          this.#say(where, 'must be a map');
          return;
        }
        this.#object(where, value, this.#spec.get('typeDefinition', type.reference).properties);
        return;
      default:
        // policies and other JSON: checked elsewhere, but references must resolve
        this.#reference(where, value);
    }
  }

  #allowed(where: string, value: string | number, allowed: ReadonlyArray<string | number> | undefined): void {
    if (allowed !== undefined && !allowed.includes(value))
      this.#say(where, `${value} is not among ${allowed.join(', ')}`);
  }

  #function(where: string, name: string, argument: Any, types: readonly PropertyType[]): void {
    if (CONDITION_FUNCTIONS.includes(name)) {
      this.#say(where, `${name} is for conditions`);
      return;
    }
    this.#reference(where, { [name]: argument });
    const list = name === 'Fn::Split' || (name === 'Ref' && isListParameter(this.#template.Parameters[argument]));
    const all = alternatives(types);
    const wantsList = all.some((type) => type.type === 'array' || type.type === 'json');
    const wantsOne = all.some((type) => !['array', 'map', 'ref'].includes(type.type));
    if (argument === 'AWS::NoValue' && name === 'Ref') return;
    if (list ? !wantsList : !wantsOne) this.#say(where, `${name} gives ${list ? 'a list' : 'one value'}`);
  }

  /** Follows every function in a value whose type is not known. */
  #reference(where: string, value: Any): void {
    if (Array.isArray(value)) for (const one of value) this.#reference(where, one);
    if (!isObject(value)) return;
    const name = functionOf(value);
    if (name === null) for (const [key, one] of Object.entries(value)) this.#reference(`${where}.${key}`, one);
    else if (name === 'Ref') this.#ref(where, value.Ref);
    else if (name === 'Fn::GetAtt') this.#attribute(where, ...(value[name] as [string, string]));
    else if (name === 'Fn::Sub') this.#sub(where, value[name]);
    else if (name === 'Condition') this.#condition(where, value[name]);
    else if (name === 'Fn::If') {
      this.#condition(where, value[name][0]);
      this.#reference(where, value[name].slice(1));
    } else this.#reference(where, value[name]);
  }

  #ref(where: string, target: string): void {
    if (target.startsWith('AWS::')) {
      if (!PSEUDO.includes(target.slice(5))) this.#say(where, `there is no ${target}`);
      return;
    }
    const { Parameters, Resources } = this.#template;
    if (Parameters[target] !== undefined) this.#used.add(target);
    else if (Resources[target] === undefined) this.#say(where, `refers to ${target}, which is not there`);
  }

  #attribute(where: string, target: string, attribute: string): void {
    const resource = this.#template.Resources[target];
    if (resource === undefined) {
      this.#say(where, `refers to ${target}, which is not there`);
      return;
    }
    const known = this.#typeOf(resource.Type)?.attributes ?? {};
    if (known[attribute] === undefined) this.#say(where, `${target} has no attribute ${attribute}`);
  }

  #sub(where: string, argument: Any): void {
    const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
    for (const [, name] of String(text).matchAll(/\$\{([^!}]+)\}/g)) {
      if (Object.hasOwn(own, name!)) continue;
      const dot = name!.indexOf('.');
      if (dot < 0) this.#ref(where, name!);
      else this.#attribute(where, name!.slice(0, dot), name!.slice(dot + 1));
    }
    this.#reference(where, own);
  }

  #condition(where: string, name: string): void {
    this.#used.add(name);
    if (this.#template.Conditions[name] === undefined) this.#say(where, `there is no condition ${name}`);
  }
}

/** The function that a value calls. */
export function functionOf(value: Any): string | null {
  if (!isObject(value)) return null;
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length !== 1 || key === undefined) return null;
  // a policy statement has a `Condition` too, which is not a name
  if (key === 'Condition') return typeof value[key] === 'string' ? key : null;
  return key === 'Ref' || key.startsWith('Fn::') ? key : null;
}

/** JSON accepts anything, so it counts only if there is no more specific type. */
function alternatives(types: readonly PropertyType[]): PropertyType[] {
  const all = types.flatMap((type) => (type.type === 'union' ? type.types : [type]));
  const precise = all.filter((type) => type.type !== 'json');
  return precise.some((type) => ['array', 'map', 'ref'].includes(type.type)) ? precise : all;
}

function isObject(value: Any): value is Record<string, Any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListParameter(parameter: Any): boolean {
  return parameter !== undefined && /^(List<|CommaDelimitedList)/.test(parameter.Type);
}
