// Functions are compiled from source where a program allows it, and everything works without.

/** Set for good when this process forbids making code from strings. */
let forbidden = false;

/**
 * What `make` makes with `new Function`, or undefined under
 * `node --disallow-code-generation-from-strings`, which makes that an EvalError. Anything else is a
 * bug: thrown on.
 */
export function compiled<Made>(make: () => Made): Made | undefined {
  if (forbidden) return undefined;
  try {
    return make();
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    forbidden = true;
    return undefined;
  }
}
