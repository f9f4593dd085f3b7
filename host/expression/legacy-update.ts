// AttributeUpdates as an update, and AttributesToGet as a projection. Both name top-level attributes;
// a dot in a name is a dot.

import { ValidationException } from '../errors.js';
import { canonicalValue } from '../table/canonical-value.js';
import type { AttributeValue, TypeName } from '../table/item-types.js';
import { typeOfValue, valueFault, type Wording } from '../table/item-value.js';
import { INVALID_PARAMETER, invalid } from './legacy-comparison.js';
import type { Path } from './path.js';
import { buildPathTree } from './path-tree.js';
import { projectionOf, type Projection } from './projection.js';
import { Update } from './update.js';
import type { UpdateClause } from './update-clause.js';

export interface AttributeUpdate {
  readonly Value?: AttributeValue;
  /** Default PUT. */
  readonly Action?: 'PUT' | 'ADD' | 'DELETE';
}

const ADDED: ReadonlySet<TypeName> = new Set(['N', 'SS', 'NS', 'BS', 'L']);
const DELETED: ReadonlySet<TypeName> = new Set(['SS', 'NS', 'BS']);

/** Throws bare ValidationExceptions. */
export function compileAttributeUpdates(
  updates: Readonly<Record<string, AttributeUpdate>>,
  wording: Wording,
): Update {
  const entries = Object.entries(updates);
  for (const [name, { Value }] of entries) {
    if (Value === undefined) continue;
    const fault = valueFault(Value, `AttributeUpdates.${name}.Value`, wording);
    if (fault !== undefined) throw new ValidationException(fault);
  }
  const clauses = entries.map(([name, update]) => clauseOf([name], update));
  const tree = buildPathTree(
    'Update',
    clauses.map(({ target }) => target),
  );
  return new Update(clauses, tree);
}

function clauseOf(target: Path, { Value, Action = 'PUT' }: AttributeUpdate): UpdateClause {
  if (Value === undefined) {
    if (Action === 'DELETE') return { action: 'REMOVE', target };
    throw invalid('Only DELETE action is allowed when no attribute value is specified');
  }
  const type = typeOfValue(Value);
  const value = canonicalValue(Value);
  switch (Action) {
    case 'PUT':
      return { action: 'SET', target, value: { kind: 'constant', value } };
    case 'ADD':
      if (!ADDED.has(type)) throw invalid(`ADD action is not supported for the type ${type}`);
      break;
    case 'DELETE':
      if (!DELETED.has(type)) {
        throw invalid(`DELETE action with value is not supported for the type ${type}`);
      }
  }
  return { action: Action, target, value, legacy: true };
}

/** Throws for a name that comes twice. */
export function compileAttributesToGet(names: readonly string[]): Projection {
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) {
    throw new ValidationException(
      `${INVALID_PARAMETER}Duplicate value in attribute name: ${repeated}`,
    );
  }
  return projectionOf(names.map((name): Path => [name]));
}
