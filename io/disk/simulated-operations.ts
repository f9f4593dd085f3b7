/**
 * Every operation of a simulated file system passes through here: it is counted, an injected fault
 * may strike in its place, and an observer is told of it once it is done.
 */
import { fromSystemError } from '../errors.js';

export type OperationKind =
  | 'open'
  | 'create'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'list'
  | 'stat'
  | 'makeDirectory'
  | 'rename'
  | 'unlink'
  | 'syncDirectory';

/** The kinds after which a crash may find a different disk. */
export const CHANGING_KINDS: readonly OperationKind[] = [
  'create',
  'write',
  'sync',
  'truncate',
  'makeDirectory',
  'rename',
  'unlink',
  'syncDirectory',
];

export interface Operation {
  /** Counts from 1 over all operations of this file system. */
  readonly index: number;
  readonly kind: OperationKind;
  readonly path: string;
}

export interface Fault {
  /**
   * Fails the at-th operation (from 1, counted from the injection) among those of `kinds`, or of
   * any kind.
   */
  readonly at: number;
  readonly kinds?: readonly OperationKind[];
  readonly error: 'EIO' | 'ENOSPC';
  /** And all later ones of these kinds. */
  readonly forever?: boolean;
  /** A failing write writes this share of its bytes first (a short write, then the error). */
  readonly partial?: number;
  /** A failing sync may have reached the disk all the same. */
  readonly syncReached?: boolean;
}

export class SimulatedOperations {
  /** Operations so far. */
  count = 0;
  observer: ((operation: Operation) => void) | undefined;
  #armed: { readonly fault: Fault; counted: number; struck: boolean } | undefined;

  inject(fault: Fault | undefined): void {
    this.#armed = fault === undefined ? undefined : { fault, counted: 0, struck: false };
  }

  get faultStruck(): boolean {
    return this.#armed?.struck === true;
  }

  /** `onFault` does what a failing operation still does: a short write, a sync that loses data. */
  step<Result>(
    kind: OperationKind,
    path: string,
    action: () => Result,
    onFault?: (fault: Fault) => void,
  ): Result {
    this.count++;
    const index = this.count;
    let result: Result;
    try {
      const fault = this.#strikes(kind);
      if (fault !== undefined) {
        onFault?.(fault);
        throw systemError(fault.error);
      }
      result = action();
    } catch (error) {
      throw fromSystemError(kind, path, error);
    }
    this.observer?.({ index, kind, path });
    return result;
  }

  #strikes(kind: OperationKind): Fault | undefined {
    const armed = this.#armed;
    if (armed === undefined) return undefined;
    const { at, kinds, forever } = armed.fault;
    if (kinds !== undefined && !kinds.includes(kind)) return undefined;
    armed.counted++;
    if (armed.counted !== at && !(armed.counted > at && forever === true)) return undefined;
    armed.struck = true;
    return armed.fault;
  }
}

/** An error as the operating system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
