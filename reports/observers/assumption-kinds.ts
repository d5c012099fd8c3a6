/**
 * What a scenario may assume. A property names those it needs; a violation without them is not the protocol's fault.
 */
export const assumptionKinds = {
  byzantine: { id: 'A1', meaning: 'Byzantine share of a chain stays strictly below a limit', unit: 'of power' },
  synchrony: { id: 'A2', meaning: 'from GST on every envelope arrives within delta', unit: 'us' },
  reorg: { id: 'A5', meaning: 'no reorg of a chain undoes more blocks than a limit', unit: 'blocks' },
  'block-gap': { id: 'A14', meaning: 'a chain makes a block at least every so often', unit: 'us' },
  'honest-relayers': { id: 'A7', meaning: 'at least so many relayers serve a lane', unit: 'relayers' },
  'lying-sources': {
    id: 'A13',
    meaning: 'fewer members of a committee than a limit read a lying source',
    unit: 'members',
  },
  'honest-committee': {
    id: 'A3',
    meaning: 'fewer members of a committee than a limit sign what they did not read, or have lost their key',
    unit: 'members',
  },
  'serving-provers': { id: 'A7', meaning: 'so many machines of each prover of a lane work', unit: 'machines' },
  'sound-circuit': { id: 'A12', meaning: 'no circuit of a lane has a declared defect', unit: 'circuits' },
} as const satisfies Record<string, { id: string; meaning: string; unit: string }>;
export type AssumptionKind = keyof typeof assumptionKinds;
