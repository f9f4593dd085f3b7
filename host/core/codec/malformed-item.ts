// What readers throw for bytes that no writer makes. Blocks and log records are checksummed, so
// this is a bug or memory that was overwritten; readers check what is free to check and rely on the
// core's validator for the rest.

import { FerriteError } from '../../errors.js';

/** Encoded bytes are not an item. Nothing of the item is returned. */
export class MalformedItem extends FerriteError {
  override readonly name = 'MalformedItem';
  readonly code = 'MalformedItem';

  constructor(problem: string, at: number) {
    super(
      `An encoded item is damaged at byte ${at} of its memory: ${problem}. ` +
        'Close the database and run check().',
    );
  }
}
