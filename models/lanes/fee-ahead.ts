/**
 * Paid when sent, and kept by the system, which pays its executors out of it: what the gas at the destination is quoted
 * at, and what attesters take.
 * @source Hyperlane InterchainGasPaymaster; LayerZero v2 ExecutorFeeLib and DVN fees; Wormhole executor quotes; CCIP getFee.
 * MODEL: prices of gas are those of the scenario, not of a feed that may lag, and nothing is trued up later: who executes
 * bears that, as in the systems named.
 */
import type { FeeScheme } from './fee-terms.ts';

export const ahead: FeeScheme = {
  summary: 'the sender pays a quote at the source, which the system keeps',
  source:
    'hyperlane-xyz/hyperlane-monorepo@f0f8a56 InterchainGasPaymaster.sol; LayerZero-v2@9c741e7 ExecutorFeeLib.sol',
  namesDeliverer: false,
  quote: (terms) => (terms.kind === 'ahead' ? terms.fee : 0n),
};
