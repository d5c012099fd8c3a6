/**
 * A part of the tokens that arrive, taken where they arrive: for whoever brought them, or for the system.
 * @source circlefin/evm-cctp-contracts@0790159 src/v2/TokenMessengerV2.sol, handleReceiveUnfinalizedMessage: amount
 * less fee is minted, the fee for feeRecipient; Across SpokePool, input less output is the relayer's.
 * MODEL: of calls without tokens nothing is taken, and a relayer that fronts its own capital is paid in the same block.
 */
import { accountId } from '../chains/chain.ts';
import { moveAsset } from '../economy/ledger.ts';
import type { FeeScheme } from './fee-terms.ts';

const WHOLE_BPS = 10_000n;

export const onDelivery: FeeScheme = {
  summary: 'a part of the tokens is taken where they arrive, for whoever delivers or for the system',
  source: 'circlefin/evm-cctp-contracts TokenMessengerV2; across-protocol/contracts SpokePool.sol',
  namesDeliverer: false,
  onDelivery(execution, lane, sequence, { asset, amount, to: from }) {
    const { fees } = lane;
    if (fees?.kind !== 'on-delivery') return;
    const due = (amount * BigInt(fees.bps)) / WHOLE_BPS;
    const to = fees.to === undefined ? execution.account : accountId(execution.chain, fees.to);
    if (due === 0n || to === from) return;
    moveAsset(execution, { asset, from, to, amount: due, why: 'fee', lane: lane.id, sequence });
  },
};
