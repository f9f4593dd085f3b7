// Tags: key-value labels of a table.

import { ValidationException } from '../errors.js';
import { TAGS_MAX, TAG_KEY_LENGTH_MAX, TAG_VALUE_LENGTH_MAX } from '../limits.js';

export interface Tag {
  Key: string;
  Value: string;
}

export const TOO_MANY_TAGS = 'Number of Tags exceed the current limit for the provided ResourceArn';

const ALLOWED = /^[\p{L}\p{N}\p{Zs}+\-=._:/@]*$/u;

/** Throws the first fault; all or nothing. A member of a tag may be missing. */
export function checkTags(tags: readonly Partial<Tag>[]): Tag[] {
  if (tags.length === 0)
    throw new ValidationException('Atleast one Tag needs to be provided as Input.');
  if (tags.length > TAGS_MAX) {
    throw new ValidationException(TOO_MANY_TAGS);
  }
  const seen = new Set<string>();
  return tags.map(({ Key, Value }) => {
    if (
      Key === undefined ||
      Key === '' ||
      [...Key].length > TAG_KEY_LENGTH_MAX ||
      !ALLOWED.test(Key)
    ) {
      throw new ValidationException(`The Tag Key provided is invalid, Key: ${Key ?? 'null'}`);
    }
    if (Key.startsWith('aws:')) {
      throw new ValidationException(`Tag Key cannot be prefixed with aws:, Key: ${Key}`);
    }
    if (Value === undefined || [...Value].length > TAG_VALUE_LENGTH_MAX || !ALLOWED.test(Value)) {
      throw new ValidationException(`The Tag Value provided is invalid, Value: ${Value ?? 'null'}`);
    }
    if (seen.has(Key)) {
      throw new ValidationException(
        `Duplicate Tag Keys provided as input: Duplicate Tag Key found ${Key}`,
      );
    }
    seen.add(Key);
    return { Key, Value };
  });
}
