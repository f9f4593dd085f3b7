// Whether a request was signed with one of the configured secrets, over this body, for this service,
// now. In the order and the words of the service.
//
// The comparison of signatures takes the same time whatever they are. The hash that is signed is
// always that of the body which came, whatever a header says it is.

import { timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../../../io/http/message.js';
import { SIGNATURE_SKEW_MS } from '../../limits.js';
import { wireError, type WireError } from '../wire/error.js';
import { readAuthorization, type Authorization } from './authorization.js';
import { ALGORITHM, canonicalRequest, Signer, stringToSign } from './canonical.js';

/** Who may call. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** If given, requests must carry it too. */
  readonly sessionToken?: string;
}

const SERVICE = 'dynamodb';
const TERMINATOR = 'aws4_request';
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$|^local(host)?$/;
const BASIC_FORMAT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const MS_PER_MINUTE = 60_000;

export class SignatureVerifier {
  readonly #credentials: ReadonlyMap<string, Credentials>;
  readonly #signer = new Signer();

  constructor(credentials: readonly Credentials[]) {
    this.#credentials = new Map(credentials.map((each) => [each.accessKeyId, each]));
  }

  /** What to answer to a request that is not signed as it must be; undefined if it is. */
  fault(request: HttpRequest, nowMs: number): WireError | undefined {
    const authorization = readAuthorization(request);
    if ('body' in authorization) return authorization;
    return (
      formFault(authorization) ??
      signedHeadersFault(authorization, request) ??
      scopeFault(authorization) ??
      timeFault(authorization, nowMs) ??
      this.#signatureFault(authorization, request)
    );
  }

  #signatureFault(authorization: Authorization, request: HttpRequest): WireError | undefined {
    const { credential, date, query, signedHeaders, signature } = authorization;
    const slash = credential.indexOf('/');
    const known = this.#credentials.get(credential.slice(0, slash));
    const token =
      request.headers['x-amz-security-token'] ??
      query.find(([name]) => name === 'X-Amz-Security-Token')?.[1];
    if (known === undefined || (known.sessionToken ?? token) !== token) {
      return wireError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    const scope = credential.slice(slash + 1);
    const canonical = canonicalRequest(request, query, signedHeaders);
    const text = stringToSign(date, scope, canonical);
    const expected = this.#signer.sign(known.secretAccessKey, scope, text);
    if (SIGNATURE.test(signature) && timingSafeEqual(expected, Buffer.from(signature, 'hex'))) {
      return undefined;
    }
    return invalid(
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. ' +
        'Consult the service documentation for details.\n\n' +
        `The Canonical String for this request should have been\n'${canonical}'\n\n` +
        `The String-to-Sign should have been\n'${text}'\n`,
    );
  }
}

function formFault({ algorithm, credential, date }: Authorization): WireError | undefined {
  if (algorithm !== ALGORITHM) {
    return incomplete(`Unsupported AWS 'algorithm': '${algorithm}' (only ${ALGORITHM} for now). `);
  }
  if (credential.split('/').length !== 5) {
    return incomplete(
      'Credential must have exactly 5 slash-delimited elements, ' +
        `e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  if (!BASIC_FORMAT.test(date)) {
    return incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. ` +
        'See http://en.wikipedia.org/wiki/ISO_8601',
    );
  }
  return undefined;
}

/** A header that could be changed on the way, and would change what is done, must be signed. */
function signedHeadersFault(
  { signedHeaders }: Authorization,
  { headers }: HttpRequest,
): WireError | undefined {
  if (!signedHeaders.includes('host')) {
    return invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (headers['x-amz-target'] !== undefined && !signedHeaders.includes('x-amz-target')) {
    return invalid("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
  }
  return undefined;
}

function scopeFault({ credential, date }: Authorization): WireError | undefined {
  const [, day, region, service, terminator] = credential.split('/');
  const faults: string[] = [];
  if (!REGION.test(region)) {
    faults.push(`Credential should be scoped to a valid region, not '${region}'. `);
  }
  if (service !== SERVICE) {
    faults.push(`Credential should be scoped to correct service: '${SERVICE}'. `);
  }
  if (terminator !== TERMINATOR) {
    faults.push(
      `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'. `,
    );
  }
  const today = date.slice(0, 8);
  if (day !== today) {
    faults.push(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${day}' != '${today}', from '${date}'.`,
    );
  }
  return faults.length === 0 ? undefined : invalid(faults.join(''));
}

/** Signed too long ago, or in times to come. A presigned URL says itself how long it is good. */
function timeFault({ date, expiresSeconds }: Authorization, nowMs: number): WireError | undefined {
  const signedMs = Date.parse(date.replace(BASIC_FORMAT, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signedMs)) {
    return incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. ` +
        'See http://en.wikipedia.org/wiki/ISO_8601',
    );
  }
  const lifeMs = expiresSeconds === undefined ? SIGNATURE_SKEW_MS : expiresSeconds * 1_000;
  const now = basicFormat(nowMs);
  if (signedMs < nowMs - lifeMs) {
    const earliest = basicFormat(nowMs - lifeMs);
    const minutes = Math.floor(lifeMs / MS_PER_MINUTE);
    return invalid(
      `Signature expired: ${date} is now earlier than ${earliest} (${now} - ${minutes} min.)`,
    );
  }
  if (signedMs > nowMs + SIGNATURE_SKEW_MS) {
    const latest = basicFormat(nowMs + SIGNATURE_SKEW_MS);
    const minutes = SIGNATURE_SKEW_MS / MS_PER_MINUTE;
    return invalid(
      `Signature not yet current: ${date} is still later than ${latest} (${now} + ${minutes} min.)`,
    );
  }
  return undefined;
}

/** 20261009T120000Z. */
function basicFormat(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function invalid(message: string): WireError {
  return wireError('InvalidSignatureException', message);
}

function incomplete(message: string): WireError {
  return wireError('IncompleteSignatureException', message);
}
