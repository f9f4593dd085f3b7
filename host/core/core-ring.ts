// The ring of a shard as the log sees it (io/log/ring-source.ts), over the core's exports. Used by the keeper's thread
// alone. Bytes are looked at where they lie; their checksum is computed there too.

import type { RingSource } from '../../io/log/ring-source.js';
import { RESULT, STATUS } from './abi.js';
import type { ShardCore } from './shard-core.js';

export class CoreRing implements RingSource {
  readonly shard: number;
  readonly #core: ShardCore;
  readonly #failed: (status: number) => Error;
  #bytes = 0;
  #sequence = 0;
  #pieces: [pointer: number, bytes: number][] = [];

  constructor(core: ShardCore, failed: (status: number) => Error) {
    this.shard = core.shard;
    this.#core = core;
    this.#failed = failed;
  }

  take(epochLimit: number): readonly Uint8Array[] {
    const core = this.#core;
    const bytes = core.exports.ringTake(epochLimit);
    if (bytes < STATUS.OK) throw this.#failed(bytes);
    this.#bytes = bytes;
    this.#sequence = core.sequence;
    this.#pieces = [];
    this.#addPiece(RESULT.PIECE_PTR, RESULT.PIECE_BYTES);
    this.#addPiece(RESULT.PIECE2_PTR, RESULT.PIECE2_BYTES);
    return this.#pieces.map(([pointer, length]) => core.u8.subarray(pointer, pointer + length));
  }

  crc(running: number): number {
    let crc = running;
    for (const [pointer, bytes] of this.#pieces)
      crc = this.#core.exports.crc32c(pointer, bytes, crc);
    return crc >>> 0;
  }

  done(): void {
    this.#core.exports.ringDone(this.#bytes, this.#sequence);
  }

  #addPiece(pointerField: number, bytesField: number): void {
    const bytes = this.#core.result(bytesField);
    if (bytes > 0) this.#pieces.push([this.#core.result(pointerField), bytes]);
  }
}
