/** Plain facts printed beside a broken assertion. */
export type Facts = Readonly<Record<string, unknown>>;

/** A defect of l0sim itself: the results of the run are void. Never thrown for bad input or for a protocol's fault. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly facts: Facts;
  constructor(claim: string, facts: Facts = {}) {
    super(`${claim}${describeFacts(facts)}`);
    this.facts = facts;
  }
}

/** Checks a fact about our own code. Stays on in every run. Throws InvariantError. */
export function assert(condition: boolean, claim: string, facts?: Facts): asserts condition {
  if (!condition) throw new InvariantError(claim, facts);
}

/** Ends a switch over a closed union: adding a member without a case stops compiling here. */
export function assertNever(value: never, place: string): never {
  throw new InvariantError(`${place} knows every case`, { got: value });
}

/** The value, which our own code guarantees to be there. Throws InvariantError. */
export function present<T>(value: T | undefined | null, claim: string, facts?: Facts): T {
  if (value === undefined || value === null) throw new InvariantError(claim, facts);
  return value;
}

function describeFacts(facts: Facts): string {
  const parts = Object.keys(facts).map((key) => `${key}=${describe(facts[key])}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function describe(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `bytes[${value.length}]`;
  if (typeof value === 'object' && value !== null) {
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
  }
  return String(value);
}
