// AWS Signature Version 4: what is signed, and with which key.
//
//   canonical request   method \n path \n query \n headers \n names of signed headers \n sha256(body)
//   string to sign      AWS4-HMAC-SHA256 \n time \n scope \n sha256(canonical request)
//   signing key         HMAC chain from the secret over date, region, service, "aws4_request"
//
// The reference is AWS's "Create a signed AWS API request"; test/host/api/signature.test.ts compares
// with the SDK's own signer.

import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '../../../io/http/message.js';
import type { QueryParameters } from './authorization.js';

export const ALGORITHM = 'AWS4-HMAC-SHA256';
const SIGNING_KEYS_MAX = 64;

/** The path of every request that is signed. */
const PATH = '/';

export function canonicalRequest(
  request: HttpRequest,
  query: QueryParameters,
  signedHeaders: readonly string[],
): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    PATH,
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
}

function canonicalQuery(query: QueryParameters): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** Everything but letters, digits and `-_.~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function stringToSign(date: string, scope: string, canonical: string): string {
  const hash = createHash('sha256').update(canonical).digest('hex');
  return [ALGORITHM, date, scope, hash].join('\n');
}

/** Signs with the keys of some secrets. Keys are kept: each takes four rounds to make. */
export class Signer {
  readonly #keys = new Map<string, Buffer>();

  /** `scope` is date/region/service/terminator. */
  sign(secret: string, scope: string, text: string): Buffer {
    return createHmac('sha256', this.#key(secret, scope)).update(text).digest();
  }

  #key(secret: string, scope: string): Buffer {
    const name = `${scope}\n${secret}`;
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = Buffer.from(`AWS4${secret}`);
      for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
      if (this.#keys.size >= SIGNING_KEYS_MAX) this.#keys.clear();
      this.#keys.set(name, key);
    }
    return key;
  }
}
