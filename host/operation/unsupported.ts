// Members of requests that DynamoDB has and this version does not serve yet. They are refused,
// never ignored.

import { UnsupportedParameter } from '../errors.js';
import type { Structure } from './wire-types.js';

/** Throws if the request has one of these members. Absent and null are the same. */
export function refuseMembers(
  operation: string,
  input: Structure,
  members: readonly string[],
  instead?: string,
): void {
  for (const member of members) {
    if (input[member] !== undefined && input[member] !== null) {
      throw new UnsupportedParameter(operation, member, instead);
    }
  }
}
