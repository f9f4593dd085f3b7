// Projections: what of an item is handed out. They read encoded items, of which only the wanted
// attributes are decoded, and items that are decoded already.
//
// The result keeps the nesting of the paths; elements of a list become a dense one in ascending
// order; what does not resolve is left out, and so are the maps and lists around it.

import type { EncodedItem } from '../core/codec/encoded-item.js';
import { elementAt, memberAt } from '../core/codec/encoded-value.js';
import { setOwn } from '../core/codec/plain-object.js';
import { readValue } from '../core/codec/value-decoder.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import { isPlainObject } from '../table/item-value.js';
import { checkReservedWords } from './condition-checks.js';
import { remembering } from './parse-cache.js';
import { resolvePath, type Path } from './path.js';
import { buildPathTree, type PathTree, type PathTreeNode } from './path-tree.js';
import type { Placeholders } from './placeholders.js';
import { parseProjection } from './projection-parser.js';
import type { PathNode } from './syntax-tree.js';

export interface Projection {
  /** The wanted part of an item; `{}` if there is none of it. The rest is not decoded. */
  readonly project: (item: EncodedItem) => Item;
  /** The same of a decoded item. Values are shared with it. */
  readonly pick: (item: Item) => Item;
  /** In the order of the request. */
  readonly paths: readonly Path[];
}

const parsedProjection: (kind: 'Projection', text: string) => readonly PathNode[] = remembering(
  (kind, text) => {
    const paths = parseProjection(text);
    for (const path of paths) checkReservedWords(kind, path);
    return paths;
  },
);

/** Throws the first static fault as a bare ValidationException. */
export function compileProjection(text: string, placeholders: Placeholders): Projection {
  const nodes = parsedProjection('Projection', text);
  return projectionOf(nodes.map((node) => resolvePath('Projection', node, placeholders)));
}

/** Throws for paths that overlap or conflict. */
export function projectionOf(paths: readonly Path[]): Projection {
  const tree = buildPathTree('Projection', paths);
  const wanted = [...tree.names].map(([name, node]) => ({ name, part: partOf(node) }));
  return {
    paths,
    pick: (item) => pick(tree, item) ?? {},
    project: (item) => {
      const result: Item = {};
      for (const { name, part } of wanted) {
        const at = item.find(name);
        if (at < 0) continue;
        const value = readPart(item.u8, at, part);
        if (value !== undefined) setOwn(result, name, value);
      }
      return result;
    },
  };
}

/** The part of a value that paths lead to. Undefined: the whole. */
type Part =
  | { readonly members: readonly { name: string; bytes: Uint8Array; part: Part }[] }
  | { readonly elements: readonly { index: number; part: Part }[] }
  | undefined;

function partOf(node: PathTreeNode): Part {
  if (node.names !== undefined) {
    const members = [...node.names].map(([name, child]) => {
      return { name, bytes: Buffer.from(name, 'utf8'), part: partOf(child) };
    });
    return { members };
  }
  if (node.indexes === undefined) return undefined;
  return { elements: [...node.indexes].map(([index, child]) => ({ index, part: partOf(child) })) };
}

function readPart(u8: Uint8Array, at: number, part: Part): AttributeValue | undefined {
  if (part === undefined) return readValue(u8, at, '', 0) as AttributeValue;
  if ('members' in part) {
    let map: Record<string, AttributeValue> | undefined;
    for (const { name, bytes, part: inner } of part.members) {
      const found = memberAt(u8, at, bytes);
      const value = found < 0 ? undefined : readPart(u8, found, inner);
      if (value !== undefined) setOwn((map ??= {}), name, value);
    }
    return map;
  }
  const list: AttributeValue[] = [];
  for (const { index, part: inner } of part.elements) {
    const found = elementAt(u8, at, index);
    if (found < 0) break; // Neither do the later ones exist.
    const value = readPart(u8, found, inner);
    if (value !== undefined) list.push(value);
  }
  return list.length > 0 ? list : undefined;
}

/** What the paths of a tree find in a decoded item; undefined if nothing. */
export function pick(tree: PathTree, item: Item): Item | undefined {
  let result: Item | undefined;
  for (const [name, node] of tree.names) {
    if (!Object.hasOwn(item, name)) continue;
    const value = pickPart(node, item[name]);
    if (value !== undefined) setOwn((result ??= {}), name, value);
  }
  return result;
}

function pickPart(node: PathTreeNode, value: AttributeValue): AttributeValue | undefined {
  if (node.names !== undefined) {
    return isMap(value) ? pick({ names: node.names }, value) : undefined;
  }
  if (node.indexes === undefined) return value;
  if (!Array.isArray(value)) return undefined;
  const elements = value as readonly AttributeValue[];
  const list: AttributeValue[] = [];
  for (const [index, child] of node.indexes) {
    if (index >= elements.length) break;
    const part = pickPart(child, elements[index]);
    if (part !== undefined) list.push(part);
  }
  return list.length > 0 ? list : undefined;
}

export function isMap(value: AttributeValue | undefined): value is Item {
  return isPlainObject(value);
}
