// The log of `ferrite serve`: JSON lines on stderr, written by pino. Quiet by default: what went wrong
// on our side is a line, what a client did wrong is one at `info`, each call at `debug`. Requests and
// answers are not logged, but for what DynamoDB's own error texts quote of them.

import { pino } from 'pino';
import type { WireCall } from '../../api/wire/handler.js';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface ServeLog {
  info(text: string): void;
  observe(call: WireCall): void;
}

export function startLog(level: LogLevel): ServeLog {
  const STDERR = 2;
  const log = pino({ name: 'ferrite', level }, pino.destination(STDERR));
  return {
    info: (text) => log.info(text),
    observe: ({ operation, told, error, durationMs }) => {
      if (told === undefined) {
        log.debug({ operation, durationMs }, 'answered');
      } else if (told.status >= 500) {
        log.error({ operation, err: error, durationMs }, 'failed');
      } else {
        const reason = error instanceof Error ? error.message : undefined;
        log.info({ operation, error: told.name, reason, durationMs }, 'refused');
      }
    },
  };
}
