// CloudFormation's functions, as far as a table's properties use them: Ref, Sub, Join, Select, Split, FindInMap, If and the
// conditions. What cannot be known here (GetAtt, ImportValue) is an error that says where.

import { ACCOUNT, REGION } from '../table/definition.js';
import { TemplateError } from '../errors.js';

export type Json = Readonly<Record<string, unknown>>;

export interface TemplateScope {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly mappings: Json;
  readonly conditions: Json;
  /** What a Ref to a resource gives: the name of a table, else its logical id. */
  readonly resource: (logicalId: string) => string | undefined;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::StackName': 'test',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A value without functions; undefined for AWS::NoValue, whose member is left out. */
export function resolve(value: unknown, scope: TemplateScope): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => resolve(one, scope)).filter((one) => one !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [name, argument] = entries[0] as [string, unknown];
    if (name === 'Ref') return reference(String(argument), scope);
    if (name.startsWith('Fn::')) return call(name.slice(4), argument, scope);
  }
  const members = entries.map(([name, member]) => [name, resolve(member, scope)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

function reference(name: string, scope: TemplateScope): unknown {
  if (name === 'AWS::NoValue') return undefined;
  if (name in PSEUDO) return PSEUDO[name];
  if (name in scope.parameters) return scope.parameters[name];
  const resource = scope.resource(name);
  if (resource !== undefined) return resource;
  throw new TemplateError(`Ref ${name}: there is no such parameter or resource.`);
}

function call(name: string, argument: unknown, scope: TemplateScope): unknown {
  const list = (): unknown[] => {
    const resolved = resolve(argument, scope);
    if (Array.isArray(resolved)) return resolved;
    throw new TemplateError(`Fn::${name} takes a list.`);
  };
  switch (name) {
    case 'Sub':
      return substitute(argument, scope);
    case 'Join': {
      const [separator, parts] = list();
      return (parts as unknown[]).join(String(separator));
    }
    case 'Select': {
      const [at, parts] = list();
      return (parts as unknown[])[Number(at)];
    }
    case 'Split': {
      const [separator, text] = list();
      return String(text).split(String(separator));
    }
    case 'FindInMap': {
      const [map, first, second] = list().map(String);
      return ((scope.mappings[map] as Json | undefined)?.[first] as Json | undefined)?.[second];
    }
    case 'If': {
      const [condition, then, otherwise] = argument as unknown[];
      return resolve(isTrue(String(condition), scope) ? then : otherwise, scope);
    }
    default:
      throw new TemplateError(`Fn::${name} cannot be known in a test: give the value itself.`);
  }
}

function substitute(argument: unknown, scope: TemplateScope): string {
  const [text, own = {}] = Array.isArray(argument)
    ? (argument as [string, Json?])
    : [String(argument)];
  return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_whole, name: string) =>
    String(name in own ? resolve(own[name], scope) : reference(name, scope)),
  );
}

function isTrue(condition: string, scope: TemplateScope): boolean {
  if (!(condition in scope.conditions))
    throw new TemplateError(`There is no condition ${condition}.`);
  return evaluate(scope.conditions[condition], scope);
}

function evaluate(condition: unknown, scope: TemplateScope): boolean {
  const [[name, argument]] = Object.entries(condition as Json);
  const all = argument as unknown[];
  switch (name) {
    case 'Condition':
      return isTrue(String(argument), scope);
    case 'Fn::Equals': {
      const [a, b] = resolve(all, scope) as unknown[];
      return String(a) === String(b);
    }
    case 'Fn::Not':
      return !evaluate(all[0], scope);
    case 'Fn::And':
      return all.every((one) => evaluate(one, scope));
    case 'Fn::Or':
      return all.some((one) => evaluate(one, scope));
    default:
      throw new TemplateError(`A condition cannot be ${name}.`);
  }
}
