// The table format once more, read plainly from core-as/table/format.ts: the oracle of builders and
// readers, and the tool of tests that forge blocks. It trusts nothing it decodes and explains what
// is wrong.

import assert from 'node:assert/strict';
import type { Workbench, TableFile } from './table-harness.js';

export const TRAILER_BYTES = 16;
export const RESTART_INTERVAL = 8;

export interface RawBlock {
  kind: number;
  codec: number;
  offset8: number;
  length: number;
  raw: Uint8Array;
}

export interface RawEntry {
  key: Uint8Array;
  kind: number;
  value: Uint8Array;
  sequence: number;
  shared: number;
}

export interface Partition {
  separator: Uint8Array;
  keyCount: number;
  index: { offset8: number; length: number };
  filter: { offset8: number; length: number };
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What the checksum of a block starts from. */
export function blockSeed(file: number, offset8: number): number {
  return (file ^ Math.imul(offset8, 0x9e3779b1)) >>> 0;
}

/** CRC32C by the core's own function, which has its own tests. */
export function crcOf(bench: Workbench, bytes: Uint8Array, running: number): number {
  const at = bench.bytes.length - 4096 - bytes.length;
  bench.bytes.set(bytes, at);
  return bench.core.crc32c(at, bytes.length, running) >>> 0;
}

/** Writes the checksum of a block at the end of `block`, for this place. */
export function reseal(bench: Workbench, block: Uint8Array, file: number, offset8: number): void {
  const crc = crcOf(bench, block.subarray(0, block.length - 4), blockSeed(file, offset8));
  viewOf(block).setUint32(block.length - 4, crc, true);
}

/** A whole block on disk, not compressed, of these raw bytes. */
export function sealRaw(
  bench: Workbench,
  raw: Uint8Array,
  kind: number,
  file: number,
  offset8: number,
): Uint8Array {
  const block = new Uint8Array(((raw.length + 7) & ~7) + TRAILER_BYTES);
  block.set(raw);
  const view = viewOf(block);
  const trailer = block.length - TRAILER_BYTES;
  view.setUint8(trailer + 1, kind);
  view.setUint32(trailer + 4, raw.length, true);
  view.setUint32(trailer + 8, raw.length, true);
  reseal(bench, block, file, offset8);
  return block;
}

/** LZ4, read plainly. */
export function decompress(block: Uint8Array, rawBytes: number): Uint8Array {
  const out = new Uint8Array(rawBytes);
  let at = 0;
  let to = 0;
  const extended = (nibble: number) => {
    let length = nibble;
    for (let byte = 255; nibble === 15 && byte === 255; length += byte) byte = block[at++]!;
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = extended(token >> 4);
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= block.length) break;
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    for (let left = extended(token & 15) + 4; left > 0; left--, to++) out[to] = out[to - offset]!;
  }
  assert.equal(to, rawBytes, 'an LZ4 block has the length its trailer says');
  return out;
}

/** The block at a place of the file, with everything about its frame checked. */
export function readBlock(
  bench: Workbench,
  table: TableFile,
  offset8: number,
  length: number,
): RawBlock {
  const block = table.bytes.subarray(offset8 * 8, offset8 * 8 + length);
  assert.equal(block.length, length, 'a block lies inside its file');
  const view = viewOf(block);
  const trailer = length - TRAILER_BYTES;
  const codec = view.getUint8(trailer);
  const kind = view.getUint8(trailer + 1);
  const rawBytes = view.getUint32(trailer + 4, true);
  const payloadBytes = view.getUint32(trailer + 8, true);
  assert.equal(view.getUint16(trailer + 2, true), 0);
  assert.equal(((payloadBytes + 7) & ~7) + TRAILER_BYTES, length);
  assert.ok(
    block.subarray(payloadBytes, trailer).every((byte) => byte === 0),
    'padding is zeros',
  );
  const crc = crcOf(bench, block.subarray(0, length - 4), blockSeed(table.file, offset8));
  assert.equal(view.getUint32(length - 4, true), crc, 'the checksum covers file and offset');
  const payload = block.subarray(0, payloadBytes);
  if (codec === 1) {
    assert.ok(payloadBytes <= rawBytes - (rawBytes >> 3), 'compressed only if it saves an eighth');
  }
  return {
    kind,
    codec,
    offset8,
    length,
    raw: codec === 1 ? decompress(payload, rawBytes) : payload,
  };
}

/** The entries of a DATA or INDEX block. */
export function readEntries(raw: Uint8Array): RawEntry[] {
  const view = viewOf(raw);
  const base = Number(view.getBigUint64(0, true));
  const count = view.getUint16(8, true);
  const restarts = view.getUint16(10, true);
  const end = raw.length - restarts * 2;
  assert.equal(restarts, Math.ceil(count / RESTART_INTERVAL));
  const entries: RawEntry[] = [];
  let key: Uint8Array = new Uint8Array(0);
  let at = 12;
  for (let index = 0; index < count; index++) {
    if (index % RESTART_INTERVAL === 0) {
      assert.equal(view.getUint16(end + (index / RESTART_INTERVAL) * 2, true), at);
    }
    const word = view.getUint32(at, true) + view.getUint16(at + 4, true) * 2 ** 32;
    const field = (shift: number, bits: number) => Math.floor(word / 2 ** shift) % 2 ** bits;
    const [shared, unshared, valueLength, kind, deltaBytes] = [
      field(0, 13),
      field(13, 14),
      field(27, 15),
      field(42, 3),
      field(45, 3),
    ];
    if (index % RESTART_INTERVAL === 0) assert.equal(shared, 0);
    let coded = 0n;
    for (let byte = deltaBytes - 1; byte >= 0; byte--) {
      coded = (coded << 8n) | BigInt(raw[at + 6 + byte]!);
    }
    const delta = Number((coded >> 1n) ^ -(coded & 1n));
    const suffix = at + 6 + deltaBytes;
    key = Buffer.concat([key.subarray(0, shared), raw.subarray(suffix, suffix + unshared)]);
    at = suffix + unshared + valueLength;
    entries.push({
      key,
      kind,
      value: raw.slice(at - valueLength, at),
      sequence: base + delta,
      shared,
    });
  }
  assert.equal(at, end, 'entries end where the restarts begin');
  return entries;
}

export interface ForgedEntry {
  key: string;
  kind?: number;
  value?: Uint8Array;
  sequence?: number;
  /** What the word says instead of the truth. */
  lie?: { shared?: number; unshared?: number; valueLength?: number; deltaBytes?: number };
}

/**
 * A DATA or INDEX block that says of itself whatever it is told to. Every key is whole unless it
 * lies.
 */
export function forgeEntries(
  entries: ForgedEntry[],
  lie: { count?: number; restarts?: number[]; base?: number; gap?: number } = {},
): Uint8Array {
  const base = lie.base ?? 0;
  const parts: Uint8Array[] = [];
  const restarts: number[] = [];
  let at = 12;
  entries.forEach((entry, index) => {
    if (index % RESTART_INTERVAL === 0) restarts.push(at);
    const key = Buffer.from(entry.key, 'latin1');
    const value = entry.value ?? new Uint8Array(0);
    const difference = BigInt((entry.sequence ?? 0) - base);
    const coded = BigInt.asUintN(64, (difference << 1n) ^ (difference >> 63n));
    const deltaBytes =
      entry.lie?.deltaBytes ?? Math.max(1, Math.ceil(coded.toString(2).length / 8));
    const word =
      BigInt(entry.lie?.shared ?? 0) |
      (BigInt(entry.lie?.unshared ?? key.length) << 13n) |
      (BigInt(entry.lie?.valueLength ?? value.length) << 27n) |
      (BigInt(entry.kind ?? 1) << 42n) |
      (BigInt(deltaBytes) << 45n);
    const part = Buffer.alloc(6 + deltaBytes + key.length + value.length);
    part.writeUIntLE(Number(word), 0, 6);
    for (let byte = 0; byte < deltaBytes; byte++) {
      part[6 + byte] = Number((coded >> BigInt(8 * byte)) & 255n);
    }
    part.set(key, 6 + deltaBytes);
    part.set(value, 6 + deltaBytes + key.length);
    parts.push(part);
    at += part.length;
  });
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(BigInt(base), 0);
  header.writeUInt16LE(lie.count ?? entries.length, 8);
  const listed = lie.restarts ?? restarts;
  header.writeUInt16LE(listed.length, 10);
  const tail = Buffer.alloc(listed.length * 2);
  listed.forEach((offset, index) => tail.writeUInt16LE(offset, index * 2));
  return Buffer.concat([header, ...parts, Buffer.alloc(lie.gap ?? 0), tail]);
}

/** The file with this raw block in place of an equally long one; compressed if that one was. */
export function withBlock(
  bench: Workbench,
  table: TableFile,
  block: RawBlock,
  raw: Uint8Array,
): TableFile {
  const bytes = Uint8Array.from(table.bytes);
  const sealed =
    block.codec === 1
      ? sealPacked(bench, raw, block, table.file)
      : sealRaw(bench, raw, block.kind, table.file, block.offset8);
  assert.equal(sealed.length, block.length);
  bytes.set(sealed, block.offset8 * 8);
  return { ...table, bytes };
}

function sealPacked(bench: Workbench, raw: Uint8Array, place: RawBlock, file: number): Uint8Array {
  const at = bench.bytes.length - (1 << 20);
  bench.bytes.set(raw, at);
  const core = bench.core as unknown as {
    lz4Compress(src: number, srcBytes: number, dst: number, dstMax: number, table: number): number;
  };
  const packed = core.lz4Compress(at, raw.length, at + 65536, raw.length, at + 131072);
  const block = sealRaw(
    bench,
    bench.bytes.slice(at + 65536, at + 65536 + packed),
    place.kind,
    file,
    place.offset8,
  );
  viewOf(block).setUint8(block.length - TRAILER_BYTES, 1);
  viewOf(block).setUint32(block.length - TRAILER_BYTES + 4, raw.length, true);
  reseal(bench, block, file, place.offset8);
  return block;
}

/** The file with a changed footer under a right checksum. */
export function withFooter(
  bench: Workbench,
  table: TableFile,
  change: (footer: DataView) => void,
): TableFile {
  const bytes = Uint8Array.from(table.bytes);
  const footer = bytes.subarray(bytes.length - 128);
  change(viewOf(footer));
  viewOf(footer).setUint32(124, crcOf(bench, footer.subarray(0, 124), 0), true);
  return { ...table, bytes };
}

export function readTop(raw: Uint8Array): {
  minKey: Uint8Array;
  maxKey: Uint8Array;
  partitions: Partition[];
} {
  const view = viewOf(raw);
  const count = view.getUint32(0, true);
  const minLength = view.getUint32(4, true);
  const maxLength = view.getUint32(8, true);
  let at = 16 + count * 24;
  const minKey = raw.slice(at, at + minLength);
  const maxKey = raw.slice(at + minLength, at + minLength + maxLength);
  at += minLength + maxLength;
  const partitions: Partition[] = [];
  for (let index = 0; index < count; index++) {
    const word = (field: number) => view.getUint32(16 + index * 24 + field * 4, true);
    partitions.push({
      separator: raw.slice(at, word(0)),
      keyCount: word(1),
      index: { offset8: word(2), length: word(3) },
      filter: { offset8: word(4), length: word(5) },
    });
    at = word(0);
  }
  assert.equal(at, raw.length);
  return { minKey, maxKey, partitions };
}

export interface DecodedTable {
  blocks: RawBlock[];
  entries: RawEntry[];
  partitions: {
    partition: Partition;
    filter: Uint8Array;
    keys: Uint8Array[];
    dataBlocks: RawEntry[][];
  }[];
}

/** Every block of the file in order, each byte accounted for, and the entries with their values. */
export function decodeTable(bench: Workbench, table: TableFile): DecodedTable {
  const top = readBlock(bench, table, table.topOffset8, table.topLength);
  assert.equal(top.kind, 5);
  const { minKey, maxKey, partitions } = readTop(top.raw);
  const decoded: DecodedTable = { blocks: [], entries: [], partitions: [] };
  let offset8 = 0;
  const take = (at8: number, length: number, kind: number) => {
    assert.equal(at8, offset8, 'blocks lie end to end');
    const block = readBlock(bench, table, at8, length);
    assert.equal(block.kind, kind);
    decoded.blocks.push(block);
    offset8 += length / 8;
    return block;
  };
  let before: Uint8Array = new Uint8Array(0);
  for (const partition of partitions) {
    const index = readEntries(
      readBlock(bench, table, partition.index.offset8, partition.index.length).raw,
    );
    const dataBlocks = index.map((pointer) => {
      const handle = viewOf(pointer.value);
      const [at8, length] = [handle.getUint32(0, true), handle.getUint32(4, true)];
      const entries = readEntries(readBlock(bench, table, at8, length).raw);
      for (const entry of entries) {
        assert.ok(
          Buffer.compare(entry.key, before) > 0,
          'keys ascend, and lie above the separator before',
        );
        before = entry.key;
        if (entry.kind !== 5) continue;
        const reference = viewOf(entry.value);
        const value = take(reference.getUint32(0, true), reference.getUint32(4, true), 4).raw;
        assert.equal(value.length, reference.getUint32(8, true));
        entry.value = value;
      }
      take(at8, length, 1);
      assert.ok(
        Buffer.compare(before, pointer.key) <= 0,
        'a separator is not below the last key of its block',
      );
      before = pointer.key;
      return entries;
    });
    take(partition.index.offset8, partition.index.length, 2);
    const filter = take(partition.filter.offset8, partition.filter.length, 3).raw;
    assert.deepEqual(index[index.length - 1]!.key, Buffer.from(partition.separator));
    const entries = dataBlocks.flat();
    assert.equal(entries.length, partition.keyCount);
    decoded.entries.push(...entries);
    decoded.partitions.push({
      partition,
      filter,
      keys: entries.map((entry) => entry.key),
      dataBlocks,
    });
  }
  assert.equal(offset8, table.topOffset8);
  assert.equal(table.bytes.length, table.topOffset8 * 8 + table.topLength + 128);
  assert.deepEqual(Buffer.from(minKey), Buffer.from(decoded.entries[0]!.key));
  assert.deepEqual(
    Buffer.from(maxKey),
    Buffer.from(decoded.entries[decoded.entries.length - 1]!.key),
  );
  return decoded;
}
