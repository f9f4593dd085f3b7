// Cross-origin requests: browsers ask first, and may then read the answer. As on AWS every origin may.

import type { HttpHeaders } from '../../../io/http/message.js';

const EXPOSED = [
  'x-amzn-RequestId',
  'x-amzn-ErrorType',
  'x-amz-request-id',
  'x-amz-id-2',
  'x-amzn-ErrorMessage',
  'x-amz-crc32',
  'x-amz-date',
].join(',');
const PREFLIGHT_SECONDS = '172800';

/** Headers of any answer to a request with an Origin. */
export const CORS_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED,
});

/** Headers of the answer to OPTIONS with an Origin: what was asked for is granted. */
export function preflightHeaders(request: HttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  };
  const asked = request['access-control-request-headers'];
  if (asked !== undefined) headers['Access-Control-Allow-Headers'] = asked;
  const method = request['access-control-request-method'];
  if (method !== undefined) headers['Access-Control-Allow-Methods'] = method;
  return headers;
}
