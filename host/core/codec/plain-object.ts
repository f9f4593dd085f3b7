// Which objects are maps: those with no class. An object from another realm (a vm context, a test
// runner) counts too.

/**
 * True for `{}`, Object.create(null) and their like in other realms; false for instances of
 * classes, arrays, sets.
 */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isRootPrototype(prototype);
}

/** Object.prototype of some realm. */
function isRootPrototype(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf') &&
    Object.hasOwn(prototype, 'hasOwnProperty')
  );
}

/**
 * Adds an own property whatever its name is: assigning `__proto__` would set the prototype instead.
 */
export function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    target[name] = value;
  }
}
