// What TransactGetItems and TransactWriteItems have in common.

import { TRANSACTION_ACTIONS_MAX } from '../limits.js';
import { mustBeLonger, mustBeShorter, oldFault } from './constraints.js';

/** The fault of the length of TransactItems. The text shows the list. */
export function listLengthFault(list: readonly unknown[] | undefined): string | undefined {
  if (list === undefined) return undefined;
  if (list.length === 0) return oldFault('[]', 'transactItems', mustBeLonger(1));
  if (list.length <= TRANSACTION_ACTIONS_MAX) return undefined;
  const shown = JSON.stringify(list, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return oldFault(shown, 'transactItems', mustBeShorter(TRANSACTION_ACTIONS_MAX));
}
