/** Reads a CloudFormation template: YAML, with short forms of functions expanded to the long ones. */
import fs from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';

// biome-ignore lint/suspicious/noExplicitAny: a template is looked into at many depths
export type Any = any;

export interface Template {
  Parameters: Record<string, Any>;
  Conditions: Record<string, Any>;
  Resources: Record<
    string,
    { Type: string; Condition?: string; Properties: Record<string, Any> } & Record<string, Any>
  >;
  Outputs: Record<string, Any>;
  Metadata?: Any;
}

/** CloudFormation's size limit for a template from the command line. */
export const TEMPLATE_BYTES_MAX = 51_200;

const SHORT_FORMS = ['Ref', 'Condition'];
const FUNCTIONS = ['Sub', 'GetAtt', 'If', 'Equals', 'Not', 'And', 'Or', 'Join', 'Split', 'Select'];

export function readTemplate(name: string): Template {
  return parseTemplate(fs.readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
}

export function parseTemplate(text: string): Template {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(document.errors.map((error) => error.message).join('; '));
  const template = read(document.contents);
  return { Parameters: {}, Conditions: {}, Resources: {}, Outputs: {}, ...template };
}

/** Names of the resources of a type. */
export function resourcesOf(template: Template, type: string): string[] {
  return Object.keys(template.Resources).filter((name) => template.Resources[name]!.Type === type);
}

function read(node: unknown): Any {
  if (node === null || node === undefined) return null;
  // CloudFormation refuses them
  if (isAlias(node)) throw new Error('the template has an alias');
  const plain = readPlain(node as Node);
  const tag = (node as Node).tag;
  if (tag === undefined || !tag.startsWith('!')) return plain;
  const name = tag.slice(1);
  if (SHORT_FORMS.includes(name)) return { [name]: plain };
  if (!FUNCTIONS.includes(name)) throw new Error(`the template has a tag ${tag}`);
  if (name === 'GetAtt' && typeof plain === 'string') {
    const dot = plain.indexOf('.');
    return { 'Fn::GetAtt': [plain.slice(0, dot), plain.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: plain };
}

function readPlain(node: Node): Any {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(read);
  if (!isMap(node)) throw new Error('a node of an unknown kind');
  const pairs = node.items.map((pair) => [String((pair.key as { value: unknown }).value), read(pair.value)]);
  return Object.fromEntries(pairs);
}
