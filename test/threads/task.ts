// What a thread of the tests is told, and what it answers.

import type { SharedEngine } from '../../host/engine/open-engine.js';

export interface Task {
  readonly task:
    | ('chain' | 'carry' | 'churn' | 'group' | 'read' | 'hold' | 'shift' | 'look')
    | ('append' | 'appendUnlocked' | 'transfer' | 'stop');
  readonly token: SharedEngine;
  readonly seed: number;
  readonly name: string;
  readonly count: number;
}

/** What `chain` did: for each key the values it wrote and those it replaced. */
export interface ChainReport {
  readonly wrote: [key: number, value: string][];
  readonly replaced: [key: number, value: string | undefined][];
}

/** Items 0.. are written by `chain`, 1000.. by `carry`; 10,000.. never change. */
export const CHAIN_KEYS = 5;
export const SLOTS = 24;
export const FIXED = 300;
/** Of the table with an index. */
export const SHIFTED = 400;
export const PLACES = 5;
