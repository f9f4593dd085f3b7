// Counts the entries of ranges: cursors that give numbers, not entries. No item is read, copied or decoded.

import { CURSOR, RESULT } from '../core/abi.js';
import { NO_LIMIT } from '../core/cursor-request.js';
import type { Attachment } from './attachment.js';
import { type CursorCalls, nextTurn } from './cursor-calls.js';
import { moveBound, type Piece } from './scan-plan.js';

/** Cursor calls in a row after which the event loop gets its turn. */
const CALLS_PER_TURN = 256;

/** `seen` as in PageReader.page. */
export async function countPieces(
  attachment: Attachment,
  calls: CursorCalls,
  pieces: readonly Piece[],
  seen: Float64Array,
  signal: AbortSignal | undefined,
): Promise<number> {
  let count = 0;
  let steps = 0;
  for (const piece of pieces) {
    const core = attachment.shards[piece.shard];
    piece.flags |= CURSOR.COUNT;
    const take = (): boolean => {
      count += core.result(RESULT.COUNT);
      seen[piece.shard] = Math.max(seen[piece.shard], core.maxSequence);
      if (core.result(RESULT.MORE) === 0) return false;
      const at = core.result(RESULT.LAST_KEY_PTR);
      moveBound(piece, core.u8.slice(at, at + core.result(RESULT.LAST_KEY_LENGTH)));
      return true;
    };
    for (let more = true; more; ) {
      signal?.throwIfAborted();
      if (++steps % CALLS_PER_TURN === 0) await nextTurn();
      more = calls.fast(core, piece, NO_LIMIT)
        ? take()
        : await calls.slow(core, piece, NO_LIMIT, take);
    }
  }
  return count;
}
