// Tokens to the paths of a projection: `path ("," path)*`.

import type { PathNode } from './syntax-tree.js';
import { TokenReader } from './token-reader.js';

/** Throws a ValidationException with the position in DynamoDB's words. */
export function parseProjection(text: string): readonly PathNode[] {
  return new ProjectionParser(text).parse();
}

class ProjectionParser extends TokenReader {
  constructor(text: string) {
    super('Projection', text);
  }

  parse(): readonly PathNode[] {
    const paths = [this.path()];
    while (this.peek().text === ',') {
      this.next();
      paths.push(this.path());
    }
    if (this.peek().kind !== 'end') throw this.syntaxError();
    return paths;
  }
}
