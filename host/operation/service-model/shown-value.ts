// How a value reads in the text of a constraint: as Java prints it.

import { shapeOf } from './shapes.js';

/** `[KeySchemaElement(attributeName=pk, keyType=HASH)]`, `{a=1}`, or the text itself. */
export function shownValue(shapeName: string, value: unknown): string {
  if (value === undefined) return 'null';
  const { type, members = {}, member = '', value: entry = '' } = shapeOf(shapeName);
  if (type === 'list') {
    return `[${(value as readonly unknown[]).map((element) => shownValue(member, element)).join(', ')}]`;
  }
  if (type === 'map') {
    const entries = Object.entries(value as object);
    return `{${entries.map(([name, held]) => `${name}=${shownValue(entry, held)}`).join(', ')}}`;
  }
  if (type === 'structure') {
    const structure = value as Readonly<Record<string, unknown>>;
    const shown = Object.entries(members)
      // Of an attribute value, the one datatype it has.
      .filter(([name]) => shapeName !== 'AttributeValue' || structure[name] !== undefined)
      .map(([name, held]) => {
        const label = shapeName === 'AttributeValue' ? name : name[0].toLowerCase() + name.slice(1);
        return `${label}=${shownValue(held, structure[name])}`;
      });
    return `${shapeName}(${shown.join(', ')})`;
  }
  return String(value);
}
