// Document paths into encoded items, prepared once and followed many times.

import type { EncodedItem } from './encoded-item.js';
import { elementAt, memberAt } from './encoded-value.js';
import { attributeAt } from './item-layout.js';
import type { ShapeCodec } from './shape-codec.js';

/** Where a value lies in the item's bytes, or -1 if the item has none there. */
export type PathFinder = (item: EncodedItem) => number;

/** `path` begins with the name of a top-level attribute; names and list indexes follow. */
export function pathFinder(path: readonly (string | number)[]): PathFinder {
  const attribute = attributeFinder(path[0] as string);
  if (path.length === 1) return attribute;
  const steps = path
    .slice(1)
    .map((step) => (typeof step === 'number' ? step : Buffer.from(step, 'utf8')));
  return (item) => {
    const { u8 } = item;
    let at = attribute(item);
    for (let i = 0; i < steps.length && at >= 0; i++) {
      const step = steps[i];
      at = typeof step === 'number' ? elementAt(u8, at, step) : memberAt(u8, at, step);
    }
    return at;
  };
}

/** Items of one shape often come in a row: the place of the name in the last one is remembered. */
function attributeFinder(name: string): PathFinder {
  let lastCodec: ShapeCodec | undefined;
  let index = -1;
  return (item) => {
    const { codec } = item;
    if (codec === undefined) return item.find(name);
    if (codec !== lastCodec) {
      lastCodec = codec;
      index = codec.indexOf(name);
    }
    return index < 0 ? -1 : attributeAt(item.u8, item.at, index);
  };
}
