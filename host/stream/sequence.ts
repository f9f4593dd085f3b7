// How positions in a stream are written: shard ids and sequence numbers.
//
//   shard id          shardId-<20 digits: when the stream began, ms>-<8 hex digits: the engine's shard>    37 characters
//   sequence number   1 <5 digits: the engine's shard> <16 digits: the sequence>                           22 digits
//
// Both compare as strings in the order of what they say. A sequence number belongs to one shard, and is never used twice.

const SHARD_ID = /^shardId-(\d{20})-([0-9a-f]{8})$/;
const SEQUENCE = /^1(\d{5})(\d{16})$/;

export function shardIdOf(streamCreatedAtMs: number, shard: number): string {
  const began = String(streamCreatedAtMs).padStart(20, '0');
  return `shardId-${began}-${shard.toString(16).padStart(8, '0')}`;
}

/** The shard that an id means in a stream; undefined if it is none of it. */
export function shardOfId(
  id: string,
  streamCreatedAtMs: number,
  shardCount: number,
): number | undefined {
  const match = SHARD_ID.exec(id);
  if (match === null || Number(match[1]) !== streamCreatedAtMs) return undefined;
  const shard = Number.parseInt(match[2], 16);
  return shard < shardCount ? shard : undefined;
}

export function sequenceNumberOf(shard: number, sequence: number): string {
  return `1${String(shard).padStart(5, '0')}${String(sequence).padStart(16, '0')}`;
}

/** The sequence that a number means in a shard; undefined if it is none of it. */
export function sequenceOfNumber(text: string, shard: number): number | undefined {
  const match = SEQUENCE.exec(text);
  if (match === null || Number(match[1]) !== shard) return undefined;
  const sequence = Number(match[2]);
  return Number.isSafeInteger(sequence) ? sequence : undefined;
}
