// What BatchGetItem and BatchWriteItem have in common.

import { ValidationException } from '../errors.js';
import type { Item, KeySchema } from '../table/item-types.js';
import { keyIdentity } from '../table/key-schema.js';
import { mustBeLonger, mustBeShorter, mustMatchName } from './constraints.js';

/** The one text for every way in which a map key is no table name. */
const NAME_RULE =
  `Map keys must satisfy constraint: [Member must ${mustBeShorter(255)}, Member must ${mustBeLonger(3)}, ` +
  `Member must ${mustMatchName}]`;

/** The fault of a RequestItems with a bad table name; `json` is the map as DynamoDB JSON. */
export function batchNameFault(json: object): string {
  return `Value '${JSON.stringify(json)}' at 'requestItems' failed to satisfy constraint: ${NAME_RULE}`;
}

/** Refuses a key that comes twice. Keys are compared by value, so 1 and 1.0 are one key. */
export class SeenKeys {
  readonly #seen = new Map<number, Set<string>>();
  readonly #text: string;

  constructor(text = 'Provided list of item keys contains duplicates') {
    this.#text = text;
  }

  add(tableId: number, schema: KeySchema, key: Item): void {
    let keys = this.#seen.get(tableId);
    if (keys === undefined) this.#seen.set(tableId, (keys = new Set()));
    const identity = keyIdentity(schema, key);
    if (keys.has(identity)) {
      throw new ValidationException(this.#text);
    }
    keys.add(identity);
  }
}
