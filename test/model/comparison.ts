// How answers of the engine and of the model are compared: as texts that are equal for equal items.

import assert from 'node:assert/strict';
import type { Page } from '../../host/engine/store.js';
import type { Item } from '../../host/table/item-types.js';
import { fingerprint } from '../crash/support/expected-state.js';

export function sorted(rows: Map<string, string>): Map<string, string> {
  return new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function expectSame(
  actual: Item | undefined,
  expected: Item | undefined,
  what: string,
): void {
  const text = (item: Item | undefined): string =>
    item === undefined ? 'none' : fingerprint(item);
  assert.equal(text(actual), text(expected), what);
}

export function expectSamePage(actual: Page, expected: Page, what: string): void {
  const plain = ({ items, count, matched, sizeBytes, lastKey }: Page) => ({
    items: items.map(fingerprint),
    count,
    matched,
    sizeBytes,
    lastKey: lastKey === undefined ? 'none' : fingerprint(lastKey),
  });
  assert.deepEqual(plain(actual), plain(expected), what);
}
