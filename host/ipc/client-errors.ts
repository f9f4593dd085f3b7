// What a client of the IPC door meets that no embedded program does: a connection that fails.

import { FerriteError } from '../errors.js';

/**
 * What is known of a call that got no answer: `not applied`, it never left this process; `unknown`, it may or may not have
 * been done (a read changes nothing either way). A call that got its answer was applied: it resolved, or rejected with another error.
 */
export type CallOutcome = 'not applied' | 'unknown';

/** The connection failed, or could not be made, and the call was not one that may be sent again. */
export class ConnectionLost extends FerriteError {
  override readonly name = 'ConnectionLost';
  readonly code = 'ConnectionLost';
  readonly operation: string;
  readonly outcome: CallOutcome;

  constructor(operation: string, outcome: CallOutcome, address: string, cause?: unknown) {
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    const known =
      outcome === 'unknown'
        ? 'The request had been sent: whether it was done is unknown. Read before you write again.'
        : 'The request had not been sent: nothing was changed, it may be sent again.';
    super(`${operation}: the connection to ${address} failed${why}. ${known}`, { cause });
    this.operation = operation;
    this.outcome = outcome;
  }
}

/** No answer came in time. The call may still be done later, if it had been sent. */
export class CallTimedOut extends FerriteError {
  override readonly name = 'CallTimedOut';
  readonly code = 'CallTimedOut';
  readonly operation: string;
  readonly outcome: CallOutcome;

  constructor(operation: string, outcome: CallOutcome, timeoutMs: number) {
    super(
      `${operation}: no answer within ${timeoutMs} ms. ` +
        (outcome === 'unknown'
          ? 'Whether it was done, or will be, is unknown.'
          : 'It had not been sent: nothing was changed.'),
    );
    this.operation = operation;
    this.outcome = outcome;
  }
}
