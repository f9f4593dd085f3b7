import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemText, parseItem } from '../../../host/cli/shell/typed-json.js';

test('plain JSON becomes typed values, and is printed as it was', () => {
  const text = '{"s":"a","n":-1.5,"t":true,"z":null,"l":[1,["x"]],"m":{"k":{}},"e":[]}';
  const item = parseItem(text, false);
  assert.deepEqual(item, {
    s: { S: 'a' },
    n: { N: '-1.5' },
    t: { BOOL: true },
    z: { NULL: true },
    l: { L: [{ N: '1' }, { L: [{ S: 'x' }] }] },
    m: { M: { k: { M: {} } } },
    e: { L: [] },
  });
  assert.equal(itemText(item, false), text);
  assert.deepEqual(JSON.parse(itemText(item, false, 2)), JSON.parse(text));
});

test('digits that no double holds stay as they are, and digits of texts are left alone', () => {
  const text =
    '{"a":12345678901234567890.123456789,"b":"12345678901234567890","c\\"1234567890123456789":[-1.2345678901234567890123e-7]}';
  const item = parseItem(text, false);
  assert.deepEqual(item['a'], { N: '12345678901234567890.123456789' });
  assert.deepEqual(item['b'], { S: '12345678901234567890' });
  assert.equal(itemText(item, false), text);
});

test('sets and bytes are printed as lists and base64, and typed JSON loses nothing', () => {
  const typed = '{"n":{"NS":["1","2"]},"s":{"SS":["a"]},"b":{"B":"AQI="}}';
  const item = parseItem(typed, true);
  assert.equal(itemText(item, true), typed);
  assert.equal(itemText(item, false), '{"n":[1,2],"s":["a"],"b":"AQI="}');
});

test('what is no item is refused', () => {
  for (const text of ['', '[]', '5', 'null', '{"a":}', '{"a":12345678901234567890.,"b":1}'])
    assert.throws(() => parseItem(text, false), SyntaxError, text);
});
