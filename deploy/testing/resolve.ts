/** Resolves a template's functions for a test account, with default parameters unless given. */
import { functionOf } from './schema.ts';
import type { Any, Template } from './template.ts';

const PSEUDO: Record<string, string> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::StackName': 'relay',
};

/** Removed from the list or object that contains it. */
const NOTHING = Symbol('AWS::NoValue');

export class Resolver {
  readonly #template: Template;
  readonly #parameters: Readonly<Record<string, string | number>>;

  constructor(template: Template, parameters: Readonly<Record<string, string | number>> = {}) {
    this.#template = template;
    this.#parameters = parameters;
  }

  properties(name: string): Any {
    return this.value(this.#template.Resources[name]!.Properties);
  }

  /** True for a resource without a condition, or with one that is true. */
  exists(name: string): boolean {
    const { Condition } = this.#template.Resources[name]!;
    return Condition === undefined || this.#condition(Condition);
  }

  value(value: Any): Any {
    if (Array.isArray(value)) return value.map((one) => this.value(one)).filter((one) => one !== NOTHING);
    if (typeof value !== 'object' || value === null) return value;
    const name = functionOf(value);
    if (name !== null) return this.#function(name, value[name]);
    const entries = Object.entries(value).map(([key, one]) => [key, this.value(one)]);
    return Object.fromEntries(entries.filter(([, one]) => one !== NOTHING));
  }

  #function(name: string, argument: Any): Any {
    switch (name) {
      case 'Ref':
        return this.#ref(argument);
      case 'Fn::GetAtt':
        return this.#attribute(argument[0], argument[1]);
      case 'Fn::Sub':
        return String(argument).replace(/\$\{([^}]+)\}/g, (_, inner: string) => {
          const [target, attribute] = inner.split('.') as [string, string | undefined];
          return attribute === undefined ? this.#ref(target) : this.#attribute(target, attribute);
        });
      case 'Fn::If':
        return this.value(this.#condition(argument[0]) ? argument[1] : argument[2]);
      case 'Fn::Split':
        return String(this.value(argument[1])).split(argument[0]);
      case 'Fn::Equals':
        return String(this.value(argument[0])) === String(this.value(argument[1]));
      case 'Fn::Not':
        return !this.value(argument[0]);
      default:
        throw new Error(`the tests do not know ${name}`);
    }
  }

  #condition(name: string): boolean {
    return this.value(this.#template.Conditions[name]);
  }

  #ref(target: string): Any {
    if (target === 'AWS::NoValue') return NOTHING;
    if (PSEUDO[target] !== undefined) return PSEUDO[target];
    const parameter = this.#template.Parameters[target];
    if (parameter !== undefined) return this.#parameters[target] ?? parameter.Default ?? `<${target}>`;
    const { Type } = this.#template.Resources[target]!;
    if (Type === 'AWS::SQS::Queue') return `https://sqs.eu-central-1.amazonaws.com/123456789012/${this.#name(target)}`;
    if (Type === 'AWS::S3::Bucket' || Type === 'AWS::DynamoDB::Table') return this.#name(target);
    return this.#attribute(target, 'Arn');
  }

  #attribute(target: string, attribute: string): string {
    const name = this.#name(target);
    if (attribute === 'QueueName') return name;
    if (attribute !== 'Arn') return `${name}.${attribute}`;
    const { Type } = this.#template.Resources[target]!;
    const where = 'eu-central-1:123456789012';
    if (Type === 'AWS::S3::Bucket') return `arn:aws:s3:::${name}`;
    if (Type === 'AWS::DynamoDB::Table') return `arn:aws:dynamodb:${where}:table/${name}`;
    if (Type === 'AWS::Logs::LogGroup') return `arn:aws:logs:${where}:log-group:${name}:*`;
    if (Type === 'AWS::SecretsManager::Secret') return `arn:aws:secretsmanager:${where}:secret:${name}`;
    return `arn:aws:${Type.split('::')[1]!.toLowerCase()}:${where}:${name}`;
  }

  /** Its name in the account: from its property, otherwise its name in the template. */
  #name(target: string): string {
    const { Type, Properties } = this.#template.Resources[target]!;
    return Type === 'AWS::SQS::Queue' ? this.value(Properties.QueueName) : target.toLowerCase();
  }
}
