// What the value writers throw for a value that no DynamoDB type can hold. It gathers its path on
// the way out, one step a level, so that writing pays nothing for knowing where it is; the entry
// points turn it into UnsupportedValue.

import { UnsupportedValue } from '../../errors.js';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

export class ValueFault extends Error {
  readonly #steps: (string | number)[] = [];

  constructor(problem: string) {
    super(problem);
    this.name = 'ValueFault';
  }

  /**
   * Adds the step that leads to the value from the next level out: a member's name or an element's
   * index.
   */
  within(step: string | number): void {
    this.#steps.push(step);
  }

  /** `Item.tags[2]`, starting from the parameter that was given. */
  path(parameter: string): string {
    let path = parameter;
    for (const step of this.#steps.toReversed()) {
      if (typeof step === 'number') path += `[${step}]`;
      else path += IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    }
    return path;
  }
}

/**
 * For a catch clause inside a container: notes the step and hands the error back to be thrown on.
 */
export function withStep(error: unknown, step: string | number): unknown {
  if (error instanceof ValueFault) error.within(step);
  return error;
}

/** For the catch clause of an entry point: what the caller is to see. */
export function withParameter(error: unknown, parameter: string): unknown {
  return error instanceof ValueFault
    ? new UnsupportedValue(error.path(parameter), error.message)
    : error;
}
