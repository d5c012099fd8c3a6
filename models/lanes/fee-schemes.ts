/** Who pays a relayer for its work on a lane. */
export interface FeeScheme {
  readonly summary: string;
  /** Base units of the source's native asset that a sender pays beside the gas. */
  quote(lane: number): bigint;
}

export const feeSchemes = {
  unpaid: { summary: 'relayers pay their own gas and earn nothing in the protocol', quote: () => 0n },
} as const satisfies Record<string, FeeScheme>;

export type FeeSchemeKind = keyof typeof feeSchemes;
