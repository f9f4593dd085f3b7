// Where a request says who sent it: the header Authorization, or the query of a presigned URL.
//
//   Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/dynamodb/aws4_request,
//                  SignedHeaders=host;x-amz-date;x-amz-target, Signature=HEX
//   /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…&X-Amz-Date=…&X-Amz-SignedHeaders=…
//                  &X-Amz-Signature=…[&X-Amz-Expires=SECONDS]
//
// This file finds the parts, and says which are missing; whether they are right is verification.ts's.

import type { HttpRequest } from '../../../io/http/message.js';
import { wireError, type WireError } from '../wire/error.js';

export type QueryParameters = readonly (readonly [name: string, value: string])[];

export interface Authorization {
  readonly algorithm: string;
  /** KEY/DATE/REGION/SERVICE/TERMINATOR, if it is right. */
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** As sent: 20261009T120000Z, if it is right. */
  readonly date: string;
  /** Of a presigned URL: for how long it is good. */
  readonly expiresSeconds?: number;
  readonly query: QueryParameters;
}

const HEADER_PARTS = ['Credential', 'Signature', 'SignedHeaders'] as const;
const QUERY_PARTS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
] as const;

/** The parts of a request's signature, or what to answer if they are not all there. */
export function readAuthorization(request: HttpRequest): Authorization | WireError {
  const query = queryOf(request.url);
  const header = request.headers.authorization?.trim();
  const presigned = query.some(([name]) => name === 'X-Amz-Algorithm');
  if (header !== undefined && presigned) {
    return wireError(
      'InvalidSignatureException',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (presigned) return fromQuery(query);
  if (header?.startsWith('AWS4-')) return fromHeader(request, header, query);
  return wireError(
    'MissingAuthenticationTokenException',
    'Request is missing Authentication Token',
  );
}

/** The access key and region that a request names, without a look at its signature. */
export function readScope(request: HttpRequest): { accessKeyId?: string; region?: string } {
  const header = request.headers.authorization;
  const credential =
    header === undefined
      ? queryOf(request.url).find(([name]) => name === 'X-Amz-Credential')?.[1]
      : headerParts(header).get('Credential');
  const [accessKeyId, , region] = credential?.split('/') ?? [];
  return { accessKeyId, region };
}

function fromHeader(
  request: HttpRequest,
  header: string,
  query: QueryParameters,
): Authorization | WireError {
  const parts = headerParts(header);
  const date = request.headers['x-amz-date'] ?? request.headers.date;
  const missing = HEADER_PARTS.filter((part) => !parts.get(part)).map(
    (part) => `Authorization header requires '${part}' parameter.`,
  );
  if (!date) {
    missing.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  if (missing.length > 0 || date === undefined) {
    return wireError(
      'IncompleteSignatureException',
      `${missing.join(' ')} Authorization=${header}`,
    );
  }
  return {
    algorithm: header.split(/[ ,]/, 1)[0],
    credential: parts.get('Credential')!,
    signedHeaders: parts.get('SignedHeaders')!.split(';'),
    signature: parts.get('Signature')!,
    date,
    query,
  };
}

function headerParts(header: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of header.split(/[ ,]+/).slice(1)) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return parts;
}

function fromQuery(query: QueryParameters): Authorization | WireError {
  const parts = new Map(query);
  const missing = QUERY_PARTS.filter((part) => !parts.get(part)).map(
    (part) => `AWS query-string parameters must include '${part}'.`,
  );
  if (missing.length > 0) {
    return wireError(
      'IncompleteSignatureException',
      `${missing.join(' ')} Re-examine the query-string parameters.`,
    );
  }
  const expires = parts.get('X-Amz-Expires');
  return {
    algorithm: parts.get('X-Amz-Algorithm')!,
    credential: parts.get('X-Amz-Credential')!,
    signedHeaders: parts.get('X-Amz-SignedHeaders')!.split(';'),
    signature: parts.get('X-Amz-Signature')!,
    date: parts.get('X-Amz-Date')!,
    ...(expires !== undefined && /^\d{1,6}$/.test(expires)
      ? { expiresSeconds: Number(expires) }
      : {}),
    query,
  };
}

function queryOf(url: string): QueryParameters {
  const start = url.indexOf('?');
  if (start < 0) return [];
  return url
    .slice(start + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return [decode(pair), ''] as const;
      return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))] as const;
    });
}

/** What is no percent-encoding stays as it is: no signature will fit it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
