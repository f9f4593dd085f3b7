// Shapes: interning in the apply that first uses them, finding, limits, loading.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BAD_INPUT,
  CORRUPT,
  DELETE,
  ENTRY_SHAPED,
  NOT_FOUND,
  NO_LOG,
  OK,
  PUT,
  SHAPE,
  SHAPES_FULL,
  type Shard,
  builds,
  keyOf,
  namesOf,
  shardOf,
  text,
  valueOf,
} from './harness.js';

function find(shard: Shard, names: Uint8Array): number {
  shard.bytes.set(names, shard.inPtr);
  return shard.core.shapeFind(shard.inPtr, names.length);
}

function load(shard: Shard, id: number, names: Uint8Array): number {
  shard.bytes.set(names, shard.inPtr);
  return shard.core.shapeLoad(id, shard.inPtr, names.length);
}

function namesBack(shard: Shard, id: number): string | number {
  const at = shard.core.shapeNames(id);
  return at < 0 ? at : text(shard.copy(at, shard.resultBytes));
}

function shapeId(item: Uint8Array): number {
  return item[0]! | (item[1]! << 8);
}

const item = valueOf('\xff\xffitem');

for (const build of builds) {
  test(`a new shape gets an id in the batch that uses it, and is an entry like any other (${build})`, () => {
    const shard = shardOf({ build });
    const names = namesOf('pk', 'sk', 'größe');
    const entries = [
      { kind: SHAPE, value: names },
      { kind: PUT, key: keyOf('a'), value: item, flags: ENTRY_SHAPED, shapeRef: 0 },
      { kind: SHAPE, value: namesOf('pk') },
      { kind: SHAPE, value: names },
      { kind: PUT, key: keyOf('b'), value: item, flags: ENTRY_SHAPED, shapeRef: 2 },
      { kind: PUT, key: keyOf('c'), value: item, flags: ENTRY_SHAPED, shapeRef: 3 },
      { kind: PUT, key: keyOf('d'), value: item },
    ];
    assert.equal(shard.apply({ entries }), OK);
    assert.equal(
      shard.sequence,
      6,
      'two shapes and four items; the third shape is the first again',
    );
    const ids = ['a', 'b', 'c', 'd'].map((name) => shapeId(shard.get(keyOf(name)) as Uint8Array));
    assert.deepEqual(ids, [0, 1, 0, shapeId(item)]);
    assert.equal(find(shard, names), 0);
    assert.equal(find(shard, namesOf('pk')), 1);
    assert.equal(find(shard, namesOf('sk')), NOT_FOUND);
    assert.equal(namesBack(shard, 0), text(names));
    assert.equal(namesBack(shard, 2), NOT_FOUND);
    assert.equal(namesBack(shard, 70_000), NOT_FOUND);
    const definition = new Uint8Array(14);
    definition[13] = 1;
    assert.equal(text(shard.get(definition) as Uint8Array), text(namesOf('pk')));
    const [record] = shard.take(9).records;
    assert.deepEqual(
      record!.entries.map((entry) => entry.kind),
      [PUT, PUT, PUT, PUT, PUT, PUT],
    );
    assert.deepEqual(
      record!.entries.map((entry) => entry.flags),
      [0, 0, 0, 0, 0, 0],
    );
    const again = shardOf({ build });
    assert.equal(again.replay(record!.bytes), OK);
    assert.equal(find(again, namesOf('pk')), 1);
    assert.equal(shapeId(again.get(keyOf('c')) as Uint8Array), 0);
    assert.equal(again.core.lastSequence(), 6);
  });

  test(`a shape that exists costs nothing (${build})`, () => {
    const shard = shardOf({ build });
    const entries = [
      { kind: SHAPE, value: namesOf('pk') },
      { kind: PUT, key: keyOf('a'), value: item, flags: ENTRY_SHAPED, shapeRef: 0 },
    ];
    assert.equal(shard.apply({ entries }), OK);
    assert.equal(shard.count, 2);
    assert.equal(shard.apply({ entries }), OK);
    assert.equal(shard.count, 1);
    assert.equal(shard.apply({ entries: [{ kind: SHAPE, value: namesOf('pk') }] }), OK);
    assert.equal(shard.count, 0);
    assert.equal(shard.stats().shapes, 1);
    assert.equal(shard.take(9).records.length, 2);
  });

  test(`4,096 shapes fit, then names must go inline (${build})`, () => {
    const shard = shardOf({ build, flags: NO_LOG });
    for (let id = 0; id < 4096; id++) {
      assert.equal(shard.apply({ entries: [{ kind: SHAPE, value: namesOf('pk', `n${id}`) }] }), OK);
    }
    assert.equal(
      shard.apply({ entries: [{ kind: SHAPE, value: namesOf('one', 'more') }] }),
      SHAPES_FULL,
    );
    assert.equal(shard.apply({ entries: [{ kind: SHAPE, value: namesOf('pk', 'n77') }] }), OK);
    for (let id = 0; id < 4096; id += 7) assert.equal(find(shard, namesOf('pk', `n${id}`)), id);
    shard.integrity();
  });

  test(`1 MiB of names fits, then names must go inline (${build})`, () => {
    const shard = shardOf({ build, flags: NO_LOG });
    let count = 0;
    const names = () => namesOf(`${count}`.padEnd(4094, 'x'));
    while (shard.apply({ entries: [{ kind: SHAPE, value: names() }] }) === OK) count++;
    assert.equal(count, 256);
    assert.equal(shard.apply({ entries: [{ kind: SHAPE, value: names() }] }), SHAPES_FULL);
  });

  test(`a list that is no shape is refused (${build})`, () => {
    const shard = shardOf({ build });
    const refused = [
      new Uint8Array(0),
      Uint8Array.of(1),
      Uint8Array.of(2, 0, 65),
      Uint8Array.of(1, 0, 65, 9),
      namesOf('x'.repeat(4095)),
      namesOf(...Array.from({ length: 256 }, (_, index) => `${index}`)),
    ];
    for (const value of refused)
      assert.equal(shard.apply({ entries: [{ kind: SHAPE, value }] }), BAD_INPUT);
    const most = namesOf(...Array.from({ length: 255 }, (_, index) => `${index}`));
    assert.equal(shard.apply({ entries: [{ kind: SHAPE, value: most }] }), OK);
    const unshaped = [
      { kind: DELETE, key: keyOf('x') },
      { kind: PUT, key: keyOf('a'), value: item, flags: ENTRY_SHAPED, shapeRef: 0 },
    ];
    assert.equal(shard.apply({ entries: unshaped }), BAD_INPUT, 'entry 0 is no SHAPE');
    const short = [
      { kind: SHAPE, value: most },
      { kind: PUT, key: keyOf('a'), value: item.slice(0, 1), flags: ENTRY_SHAPED, shapeRef: 0 },
    ];
    assert.equal(shard.apply({ entries: short }), BAD_INPUT);
  });

  test(`definitions from tables load in any order; new ones go on above them (${build})`, () => {
    const shard = shardOf({ build });
    assert.equal(load(shard, 7, namesOf('seven')), OK);
    assert.equal(load(shard, 3, namesOf('three')), OK);
    assert.equal(load(shard, 3, namesOf('three')), OK, 'again');
    assert.equal(load(shard, 3, namesOf('other')), CORRUPT);
    assert.equal(load(shard, 4, namesOf('three')), CORRUPT);
    assert.equal(load(shard, 4096, namesOf('x')), CORRUPT);
    assert.equal(load(shard, 5, Uint8Array.of(9, 0)), CORRUPT);
    assert.equal(find(shard, namesOf('seven')), 7);
    assert.equal(shard.apply({ entries: [{ kind: SHAPE, value: namesOf('new') }] }), OK);
    assert.equal(find(shard, namesOf('new')), 8);
    assert.equal(shard.stats().shapes, 3);
  });
}
