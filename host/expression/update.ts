// Updates, from text to a function from the old item to the new one.
//
// All operands are read from the item as it was; then all clauses take effect together. The old item
// is never changed; the new one shares what did not change. Values come out as reads give them.

import type { Item } from '../table/item-types.js';
import { checkKeyPaths, checkKeysUntouched } from './key-attributes.js';
import { remembering } from './parse-cache.js';
import { resolvePath, type Path } from './path.js';
import { buildPathTree, type PathTree } from './path-tree.js';
import type { Placeholders } from './placeholders.js';
import { pick } from './projection.js';
import type { UpdateNode } from './syntax-tree.js';
import { UpdateApplication } from './update-application.js';
import { chargeOf } from './update-charge.js';
import {
  checkUpdateText,
  placeholdersOf,
  resolveClauses,
  type UpdatePlaceholders,
} from './update-checks.js';
import type { UpdateClause } from './update-clause.js';
import { parseUpdate } from './update-parser.js';
import type { UpdateValue } from './update-value.js';

interface ParsedUpdate extends UpdateNode, UpdatePlaceholders {
  /** What the clauses write to, once it is known, where the text says so by itself. */
  fixed?: Targets;
}

interface Targets {
  readonly paths: readonly Path[];
  readonly tree: PathTree;
}

const parsedUpdate: (kind: 'Update', text: string) => ParsedUpdate = remembering((_kind, text) => {
  const update = parseUpdate(text);
  checkUpdateText(update);
  return { ...update, ...placeholdersOf(update) };
});

/** Throws the first static fault as a bare ValidationException. */
export function compileUpdate(text: string, placeholders: Placeholders): Update {
  const parsed = parsedUpdate('Update', text);
  for (const name of parsed.names) placeholders.name('Update', name);
  for (const value of parsed.values) placeholders.value('Update', value);
  const { paths, tree } = parsed.fixed ?? resolveTargets(parsed, placeholders);
  return new Update(resolveClauses(parsed, paths, placeholders), tree);
}

function resolveTargets(parsed: ParsedUpdate, placeholders: Placeholders): Targets {
  const paths = parsed.clauses.map(({ target }) => resolvePath('Update', target, placeholders));
  const targets = { paths, tree: buildPathTree('Update', paths) };
  if (parsed.names.length === 0) parsed.fixed = targets;
  return targets;
}

export class Update {
  readonly #clauses: readonly UpdateClause[];
  readonly #tree: PathTree;
  /** All actions are REMOVE or DELETE: where there is no item, none is created. */
  readonly onlyRemoves: boolean;
  /** The paths it writes to, in the order of the text. */
  readonly touchedPaths: readonly Path[];
  #chargeMax: number | undefined;

  /** `tree` is that of the clauses' targets. */
  constructor(clauses: readonly UpdateClause[], tree: PathTree) {
    this.#clauses = clauses;
    this.#tree = tree;
    this.touchedPaths = clauses.map(({ target }) => target);
    this.onlyRemoves =
      clauses.length > 0 &&
      clauses.every(({ action }) => action === 'REMOVE' || action === 'DELETE');
  }

  /**
   * The new item. Where there is no old one it is made from `key`. Throws the execution errors of
   * expressions.md 10 as bare ValidationExceptions; sizes, nesting and index keys are not looked at.
   */
  apply(old: Item | undefined, key: Item): Item {
    return new UpdateApplication(this.#clauses, old).changedItem(this.#tree, key);
  }

  /** For UPDATED_OLD: what the item had at the touched paths; undefined if nothing. */
  updatedOld(old: Item | undefined): Item | undefined {
    return old === undefined ? undefined : pick(this.#tree, old);
  }

  /**
   * For UPDATED_NEW: what `apply` puts at the touched paths of this old item; undefined if nothing.
   * Only for updates that do apply.
   */
  updatedNew(old: Item | undefined): Item | undefined {
    return new UpdateApplication(this.#clauses, old).newValues(this.#tree);
  }

  /** UpdateItem's second size (data-model.md 7): with the item's own it must not exceed ITEM_SIZE_MAX. */
  charge(old: Item | undefined): number {
    return chargeOf(this.#clauses, old);
  }

  /**
   * At least the size of what it makes of an item of `oldSize` bytes with these key attributes, found without making it:
   * every operand that is a path brings the old item again at most, and the charge counts the rest.
   */
  sizeMax(oldSize: number, keySize: number): number {
    return oldSize * (1 + this.#copies()) + keySize + this.chargeMax;
  }

  #copies(): number {
    let copies = 0;
    for (const clause of this.#clauses) {
      if (clause.action === 'SET') copies += operandPaths(clause.value).length;
    }
    return copies;
  }

  /** The charge where there is no old item: no other item makes it larger. */
  get chargeMax(): number {
    return (this.#chargeMax ??= chargeOf(this.#clauses, undefined));
  }

  /**
   * Throws if it changes an attribute of the table's key, or uses one of the table's or an index's
   * as a map or list.
   */
  checkKeys(tableKeys: ReadonlySet<string>, indexKeys: ReadonlySet<string>): void {
    for (const clause of this.#clauses) checkKeyPaths(pathsOf(clause), tableKeys, indexKeys);
    checkKeysUntouched(this.touchedPaths, tableKeys);
  }
}

function pathsOf(clause: UpdateClause): Path[] {
  return clause.action === 'SET' ? [clause.target, ...operandPaths(clause.value)] : [clause.target];
}

function operandPaths(value: UpdateValue): Path[] {
  switch (value.kind) {
    case 'constant':
      return [];
    case 'path':
      return [value.path];
    case 'ifNotExists':
      return [value.path, ...operandPaths(value.otherwise)];
    default:
      return [...operandPaths(value.left), ...operandPaths(value.right)];
  }
}
