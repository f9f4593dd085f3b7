// What expressions may do with key attributes, which only the table knows.

import { ValidationException } from '../errors.js';
import type { Path } from './path.js';

/**
 * Throws if a filter of a query looks at a key attribute of the table or index that is queried.
 * Filters of scans may.
 */
export function checkFilterKeys(
  parameter: 'FilterExpression' | 'QueryFilter',
  paths: readonly Path[],
  keys: ReadonlySet<string>,
): void {
  const path = paths.find(([name]) => keys.has(name));
  if (path === undefined) return;
  const filter = parameter === 'QueryFilter' ? parameter : 'Filter Expression';
  throw new ValidationException(
    `${filter} can only contain non-primary key attributes: Primary key attribute: ${path[0]}`,
  );
}

/** Throws if a path goes into a key attribute of the table or of an index. */
export function checkKeyPaths(
  paths: readonly Path[],
  tableKeys: ReadonlySet<string>,
  indexKeys: ReadonlySet<string>,
): void {
  for (const [name, ...rest] of paths) {
    if (rest.length === 0 || !(tableKeys.has(name) || indexKeys.has(name))) continue;
    throw new ValidationException(
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
        `${tableKeys.has(name) ? 'Key' : 'IndexKey'}: ${name}`,
    );
  }
}

/** Throws if an update writes to a key attribute of the table. */
export function checkKeysUntouched(
  touchedPaths: readonly Path[],
  tableKeys: ReadonlySet<string>,
): void {
  const path = touchedPaths.find(([name]) => tableKeys.has(name));
  if (path === undefined) return;
  throw new ValidationException(
    'One or more parameter values were invalid: ' +
      `Cannot update attribute ${path[0]}. This attribute is part of the key`,
  );
}
