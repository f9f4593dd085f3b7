// The log of `ferrite serve`: JSON lines on stderr, written by pino. Quiet by default: what went wrong
// on our side is a line, what a client did wrong is one at `info`, each call at `debug`. Requests and
// answers are not logged, but for what DynamoDB's own error texts quote of them.

import type { Logger } from 'pino';
import type { WireCall } from '../../api/wire/handler.js';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const STDERR = 2;

export class ServeLog {
  readonly #level: LogLevel;
  #log: Promise<Logger> | undefined;

  constructor(level: LogLevel) {
    this.#level = level;
  }

  info(text: string): void {
    this.#write('info', {}, text);
  }

  readonly observe = ({ operation, told, error, durationMs }: WireCall): void => {
    if (told === undefined) {
      this.#write('debug', { operation, durationMs }, 'answered');
    } else if (told.status >= 500) {
      this.#write('error', { operation, err: error, durationMs }, 'failed');
    } else {
      const reason = error instanceof Error ? error.message : undefined;
      this.#write('info', { operation, error: told.name, reason, durationMs }, 'refused');
    }
  };

  /** A quiet server does not even load pino. */
  #write(level: 'error' | 'info' | 'debug', members: object, text: string): void {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.#level)) return;
    this.#log ??= this.#open();
    void this.#log.then((log) => log[level](members, text));
  }

  async #open(): Promise<Logger> {
    const { pino } = await import('pino');
    return pino(
      { name: 'ferrite', level: this.#level },
      pino.destination({ fd: STDERR, sync: true }),
    );
  }
}
