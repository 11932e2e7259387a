/** A template role's permissions: its statements with resolved functions, and whether they allow a call. */
import { Resolver } from './resolve.ts';
import type { Any, Template } from './template.ts';

export interface Statement {
  actions: string[];
  /** As policies write them, with `*` for any text. */
  resources: string[];
}

/** An action on a resource, as in `s3:GetObject` on `arn:aws:s3:::bucket/key`. */
export interface Call {
  action: string;
  resource: string;
}

/** Every policy of the template that allows something to a role, or to the people a managed policy is for. */
export function statementsOf(
  template: Template,
  owner: string,
  parameters: Readonly<Record<string, string | number>> = {},
): Statement[] {
  const resolver = new Resolver(template, parameters);
  const documents: Any[] = [];
  for (const [name, resource] of Object.entries(template.Resources)) {
    if (!resolver.exists(name)) continue;
    const { Policies = [], PolicyDocument, RoleName } = resource.Properties ?? {};
    if (name === owner) documents.push(...Policies.map((one: Any) => one.PolicyDocument), PolicyDocument);
    else if (resource.Type === 'AWS::IAM::RolePolicy' && RoleName.Ref === owner) documents.push(PolicyDocument);
  }
  return documents
    .filter((one) => one !== undefined)
    .flatMap((one) => resolver.value(one).Statement)
    .map(({ Effect, Action, Resource, Condition }) => {
      if (Effect !== 'Allow' || Condition !== undefined) throw new Error(`${owner}: the tests know plain grants alone`);
      return { actions: [Action].flat(), resources: [Resource].flat() };
    });
}

export function allows(statements: readonly Statement[], { action, resource }: Call): boolean {
  return statements.some(
    ({ actions, resources }) => actions.includes(action) && resources.some((pattern) => matches(pattern, resource)),
  );
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
