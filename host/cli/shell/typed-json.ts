// Items in the two forms that the shell reads and prints: DynamoDB's typed JSON (`{"S":"a"}`) and plain JSON.
//
// Plain JSON cannot say everything: sets are printed as arrays and bytes as base64 text, and read back they are lists and
// strings; `--typed` loses nothing. Numbers stay exact both ways: their digits are never turned into a double.

/** An attribute value as on the wire: one member, named for the type. */
export type TypedValue = Readonly<Record<string, unknown>>;
export type TypedItem = Readonly<Record<string, TypedValue>>;

/** A number of a JSON text whose digits a double would not keep. */
class ExactNumber {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

const LONG_NUMBER = /\d[\d.]{15,}/;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const MARK = '\u0000number:';

/** JSON of one item in plain or typed form. Throws SyntaxError. */
export function parseItem(text: string, typed: boolean): TypedItem {
  const value = parseExactly(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError('an item is a JSON object');
  return typed ? (value as TypedItem) : typedItem(value as Record<string, unknown>);
}

/** A plain object as an item. */
export function typedItem(item: Readonly<Record<string, unknown>>): TypedItem {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, typedValue(value)]));
}

export function typedValue(value: unknown): TypedValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (value instanceof ExactNumber) return { N: value.digits };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(typedValue) };
  return { M: typedItem(value as Record<string, unknown>) };
}

/** JSON with long numbers kept by their digits. Strings are told from numbers by scanning, so no digit of a text is touched. */
function parseExactly(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  JSON.parse(text); // it is JSON, or this says where it is not
  const marked = text.replace(TOKEN, (token) =>
    token.startsWith('"') || !LONG_NUMBER.test(token) ? token : JSON.stringify(MARK + token),
  );
  return JSON.parse(marked, (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK)
      ? new ExactNumber(value.slice(MARK.length))
      : value,
  );
}

/** An item as JSON text. `indent` 0: one line. */
export function itemText(item: TypedItem, typed: boolean, indent = 0): string {
  if (typed) return JSON.stringify(item, undefined, indent);
  return objectText(Object.entries(item), indent, 0);
}

/** One value as plain JSON text. */
export function valueText(value: TypedValue, indent = 0, depth = 0): string {
  const [type, content] = Object.entries(value)[0];
  switch (type) {
    case 'N':
      return String(content);
    case 'NULL':
      return 'null';
    case 'L':
      return listText(
        (content as TypedValue[]).map((one) => valueText(one, indent, depth + 1)),
        indent,
        depth,
      );
    case 'M':
      return objectText(Object.entries(content as TypedItem), indent, depth);
    case 'NS':
      return listText(content as string[], indent, depth);
    case 'SS':
    case 'BS':
      return listText(
        (content as string[]).map((one) => JSON.stringify(one)),
        indent,
        depth,
      );
    default:
      return JSON.stringify(content);
  }
}

function objectText(
  entries: readonly [string, TypedValue][],
  indent: number,
  depth: number,
): string {
  const members = entries.map(
    ([name, value]) =>
      `${JSON.stringify(name)}:${indent > 0 ? ' ' : ''}${valueText(value, indent, depth + 1)}`,
  );
  return wrapped('{', members, '}', indent, depth);
}

function listText(elements: readonly string[], indent: number, depth: number): string {
  return wrapped('[', elements, ']', indent, depth);
}

function wrapped(
  open: string,
  parts: readonly string[],
  close: string,
  indent: number,
  depth: number,
): string {
  if (indent === 0 || parts.length === 0) return open + parts.join(',') + close;
  const inner = `\n${' '.repeat(indent * (depth + 1))}`;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${' '.repeat(indent * depth)}${close}`;
}
