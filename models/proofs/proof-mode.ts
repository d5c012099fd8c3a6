/**
 * How proofs are made in a run: `hashed` builds and checks every tree with SHA-256; `modelled` gives the same verdicts
 * without hashing.
 */
export type ProofMode = 'hashed' | 'modelled';
