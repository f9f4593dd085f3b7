// DynamoDB's expressions over plain JavaScript values, written for clarity from expressions.md and
// data-model.md 8: trees, how they read as text, and what they mean. It shares nothing with the
// product but NumberValue, so that one may be wrong without the other.
//
// Values are documents: strings, numbers that doubles hold exactly, booleans, null, Uint8Array, sets
// of one type, arrays, plain objects. Undefined is a missing attribute.

export type Value =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | ReadonlySet<string>
  | ReadonlySet<number>
  | readonly Value[]
  | { readonly [name: string]: Value };
export type PlainItem = Record<string, Value>;

export type Path = readonly [string, ...(string | number)[]];

export type Operand =
  | { readonly is: 'path'; readonly path: Path }
  | { readonly is: 'constant'; readonly value: Value }
  | { readonly is: 'size'; readonly of: Operand };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | {
      readonly is: 'compare';
      readonly by: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly is: 'between';
      readonly operand: Operand;
      readonly low: Operand;
      readonly high: Operand;
    }
  | { readonly is: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly is: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly is: 'not'; readonly condition: Condition }
  | { readonly is: 'exists' | 'absent'; readonly path: Path }
  | { readonly is: 'type'; readonly operand: Operand; readonly type: string }
  | { readonly is: 'begins' | 'contains'; readonly whole: Operand; readonly part: Operand };

export type Source =
  | Operand
  | { readonly is: 'sum'; readonly by: '+' | '-'; readonly left: Source; readonly right: Source }
  | { readonly is: 'ifNotExists'; readonly path: Path; readonly otherwise: Source }
  | { readonly is: 'append'; readonly left: Source; readonly right: Source };

export type Clause =
  | { readonly action: 'SET'; readonly path: Path; readonly source: Source }
  | { readonly action: 'REMOVE'; readonly path: Path }
  | { readonly action: 'ADD' | 'DELETE'; readonly path: Path; readonly value: Value };

// --- What values are to each other ---------------------------------------------------------------

export function typeOf(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return 'S';
  if (typeof value === 'number') return 'N';
  if (typeof value === 'boolean') return 'BOOL';
  if (value instanceof Uint8Array) return 'B';
  if (value instanceof Set) return typeof [...value][0] === 'number' ? 'NS' : 'SS';
  return Array.isArray(value) ? 'L' : 'M';
}

/** One text for equal values of one type, another for others. */
export function identity(value: Value): string {
  const type = typeOf(value);
  switch (type) {
    case 'B':
      return `B${Buffer.from(value as Uint8Array).toString('hex')}`;
    case 'SS':
    case 'NS':
      return `${type}${JSON.stringify([...(value as Set<string>)].map(identity).sort())}`;
    case 'L':
      return `L${JSON.stringify((value as Value[]).map(identity))}`;
    case 'M': {
      const members = Object.entries(value as PlainItem).map(([name, member]) => [
        name,
        identity(member),
      ]);
      return `M${JSON.stringify(members.sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    }
    default:
      return `${type}${JSON.stringify(value === 0 ? 0 : value)}`;
  }
}

/** Negative, zero or positive; undefined for values that have no order. */
export function order(left: Value, right: Value): number | undefined {
  const type = typeOf(left);
  if (type !== typeOf(right)) return undefined;
  if (type === 'N') return (left as number) - (right as number);
  if (type === 'S')
    return Buffer.compare(Buffer.from(left as string), Buffer.from(right as string));
  return type === 'B' ? Buffer.compare(left as Uint8Array, right as Uint8Array) : undefined;
}

function bytesOf(value: Value): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value as Uint8Array);
}

// --- What conditions hold for --------------------------------------------------------------------

export function valueAt(item: PlainItem, path: Path): Value | undefined {
  let value: Value | undefined = item;
  for (const step of path) {
    if (value === undefined) return undefined;
    const fits = typeOf(value) === (typeof step === 'number' ? 'L' : 'M');
    if (!fits || !Object.hasOwn(value as object, step)) return undefined;
    value = (value as PlainItem)[step];
  }
  return value;
}

function operandValue(operand: Operand, item: PlainItem): Value | undefined {
  switch (operand.is) {
    case 'constant':
      return operand.value;
    case 'path':
      return valueAt(item, operand.path);
    case 'size': {
      const value = operandValue(operand.of, item);
      if (value === undefined) return undefined;
      if (typeof value === 'string') return value.length;
      if (value instanceof Uint8Array) return value.byteLength;
      if (value instanceof Set) return value.size;
      if (Array.isArray(value)) return value.length;
      return typeOf(value) === 'M' ? Object.keys(value as object).length : undefined;
    }
  }
}

export function holds(condition: Condition, item: PlainItem): boolean {
  const at = (operand: Operand) => operandValue(operand, item);
  switch (condition.is) {
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item);
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item);
    case 'not':
      return !holds(condition.condition, item);
    case 'exists':
      return valueAt(item, condition.path) !== undefined;
    case 'absent':
      return valueAt(item, condition.path) === undefined;
    case 'compare':
      return compared(condition.by, at(condition.left), at(condition.right));
    case 'between': {
      const value = at(condition.operand);
      return compared('>=', value, at(condition.low)) && compared('<=', value, at(condition.high));
    }
    case 'in':
      return condition.list.some((one) => compared('=', at(condition.operand), at(one)));
    case 'type': {
      const value = at(condition.operand);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case 'begins': {
      const [whole, part] = [at(condition.whole), at(condition.part)];
      if (whole === undefined || part === undefined || typeOf(whole) !== typeOf(part)) return false;
      if (!['S', 'B'].includes(typeOf(whole))) return false;
      return bytesOf(whole).subarray(0, bytesOf(part).length).equals(bytesOf(part));
    }
    case 'contains':
      return holdsPart(at(condition.whole), at(condition.part));
  }
}

function holdsPart(whole: Value | undefined, part: Value | undefined): boolean {
  if (whole === undefined || part === undefined) return false;
  const type = typeOf(whole);
  if (type === 'L') return (whole as Value[]).some((one) => identity(one) === identity(part));
  if (type === 'SS' || type === 'NS') {
    return [...(whole as Set<string>)].some((one) => identity(one) === identity(part));
  }
  return (
    (type === 'S' || type === 'B') &&
    typeOf(part) === type &&
    bytesOf(whole).includes(bytesOf(part))
  );
}

function compared(by: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  const equal = left !== undefined && right !== undefined && identity(left) === identity(right);
  if (by === '=') return equal;
  if (by === '<>') return !equal;
  const sign = left === undefined || right === undefined ? undefined : order(left, right);
  if (sign === undefined) return false;
  if (by === '<') return sign < 0;
  if (by === '<=') return sign <= 0;
  return by === '>' ? sign > 0 : sign >= 0;
}

// --- What projections show -----------------------------------------------------------------------

/** The paths do not overlap. Elements of a list move together, in the order they had. */
export function projected(paths: readonly Path[], item: PlainItem): PlainItem {
  return (shownPart(item, paths) ?? {}) as PlainItem;
}

function shownPart(
  value: Value,
  paths: readonly (readonly (string | number)[])[],
): Value | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  const under = (step: string | number) =>
    paths.filter(([first]) => first === step).map(([, ...rest]) => rest);
  if (typeOf(value) === 'L') {
    const parts = (value as Value[])
      .map((one, index) => (under(index).length > 0 ? shownPart(one, under(index)) : undefined))
      .filter((part) => part !== undefined);
    return parts.length > 0 ? parts : undefined;
  }
  if (typeOf(value) !== 'M') return undefined;
  const parts = Object.entries(value as PlainItem)
    .map(
      ([name, one]) =>
        [name, under(name).length > 0 ? shownPart(one, under(name)) : undefined] as const,
    )
    .filter(([, part]) => part !== undefined);
  return parts.length > 0 ? (Object.fromEntries(parts) as PlainItem) : undefined;
}

// --- What updates make of an item ----------------------------------------------------------------

export const BAD_PATH = 'The document path provided in the update expression is invalid for update';
export const NO_ATTRIBUTE =
  'The provided expression refers to an attribute that does not exist in the item';
export const BAD_TYPE = 'An operand in the update expression has an incorrect data type';

/** The faults are of the update's execution; which of several comes first is not promised. */
export class UpdateFault extends Error {}

/** The item after an update of the item before, whose paths do not overlap. */
export function updated(clauses: readonly Clause[], before: PlainItem): PlainItem {
  const after = copyOf(before) as PlainItem;
  const results = clauses.map((clause) => ({ path: clause.path, value: resultOf(clause, before) }));
  // Elements keep their places until all is done: holes are closed and new ones appended then.
  const lists = new Map<Value, { appended: [number, Value][]; removed: Set<number> }>();
  for (const { path, value } of results) {
    const parentPath = path.slice(0, -1);
    const parent = parentPath.length === 0 ? after : valueAt(after, parentPath as unknown as Path);
    const step = path[path.length - 1];
    if (parent === undefined) throw new UpdateFault(BAD_PATH);
    if (typeOf(parent) !== (typeof step === 'number' ? 'L' : 'M')) throw new UpdateFault(BAD_PATH);
    if (typeof step === 'string') {
      const members = parent as PlainItem;
      if (value === undefined) delete members[step];
      else setMember(members, step, value);
      continue;
    }
    const list = parent as Value[];
    const changes = lists.get(list) ?? { appended: [], removed: new Set() };
    lists.set(list, changes);
    if (step >= list.length) {
      if (value !== undefined) changes.appended.push([step, value]);
    } else if (value === undefined) changes.removed.add(step);
    else list[step] = value;
  }
  for (const [parent, { appended, removed }] of lists) {
    const list = parent as Value[];
    const kept = list.filter((_, index) => !removed.has(index));
    const added = appended.sort(([a], [b]) => a - b).map(([, value]) => value);
    list.splice(0, list.length, ...kept, ...added);
  }
  return after;
}

/** What can be changed is copied wherever it stands: one value set at two places becomes two. */
function copyOf(value: Value): Value {
  if (Array.isArray(value)) return (value as Value[]).map(copyOf);
  if (typeOf(value) !== 'M') return value;
  return Object.fromEntries(
    Object.entries(value as PlainItem).map(([name, one]) => [name, copyOf(one)]),
  );
}

/** An assignment would not do for `__proto__`. */
function setMember(map: PlainItem, name: string, value: Value): void {
  Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
}

function resultOf(clause: Clause, item: PlainItem): Value | undefined {
  if (clause.action === 'REMOVE') return undefined;
  if (clause.action === 'SET') return sourceValue(clause.source, item);
  const current = valueAt(item, clause.path);
  const { action, value } = clause;
  if (current === undefined) return action === 'ADD' ? value : undefined;
  if (typeOf(current) !== typeOf(value)) throw new UpdateFault(BAD_TYPE);
  if (action === 'ADD' && typeof value === 'number') return (current as number) + value;
  const [members, others] = [current as Set<string>, value as Set<string>];
  if (action === 'ADD') return new Set([...members, ...others]);
  const left = [...members].filter((member) => !others.has(member));
  return left.length > 0 ? new Set(left) : undefined;
}

function sourceValue(source: Source, item: PlainItem): Value {
  switch (source.is) {
    case 'ifNotExists':
      return (
        valueAt(item, source.path) ??
        (isNull(item, source.path) ? null : sourceValue(source.otherwise, item))
      );
    case 'sum': {
      const [left, right] = [sourceValue(source.left, item), sourceValue(source.right, item)];
      if (typeof left !== 'number' || typeof right !== 'number') throw new UpdateFault(BAD_TYPE);
      return source.by === '+' ? left + right : left - right;
    }
    case 'append': {
      const [left, right] = [sourceValue(source.left, item), sourceValue(source.right, item)];
      if (!Array.isArray(left) || !Array.isArray(right)) throw new UpdateFault(BAD_TYPE);
      return [...(left as Value[]), ...(right as Value[])];
    }
    default: {
      const value = operandValue(source, item);
      if (value === undefined) throw new UpdateFault(NO_ATTRIBUTE);
      return value;
    }
  }
}

function isNull(item: PlainItem, path: Path): boolean {
  return valueAt(item, path) === null;
}
