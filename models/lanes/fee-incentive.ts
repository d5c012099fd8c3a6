/**
 * Fees that wait for the work: the sender locks as much as the dearer outcome costs, and whoever delivers, acknowledges
 * or times out is paid at the source when it is proven there. What nobody earned goes back.
 * @source cosmos/ibc-go v8.7.0 apps/29-fee: Total() is max(receive + acknowledge, timeout); DistributePacketFeesOnAcknowledgement
 * and OnTimeout. The acknowledgement names the account to pay, as the incentivised acknowledgement does.
 */
import { present } from '../../sim/base/assert.ts';
import { accountId } from '../chains/chain.ts';
import type { Execution } from '../chains/execution.ts';
import { type FeeScheme, type FeeTerms, payerKey, payFee } from './fee-terms.ts';
import type { Lane } from './lane.ts';

type Incentive = Extract<FeeTerms, { kind: 'incentive' }>;

function totalOf({ receive, acknowledge, timeOut }: Incentive): bigint {
  return receive + acknowledge > timeOut ? receive + acknowledge : timeOut;
}

function termsOf(lane: Lane): Incentive {
  return present(lane.fees?.kind === 'incentive' ? lane.fees : undefined, 'a scheme is asked on its own lanes');
}

/** Who paid for the packet, once: nobody did for those that a chain in the middle sent on. */
function takePayer(execution: Execution, lane: Lane, sequence: number): number | undefined {
  const key = payerKey(lane.id, sequence);
  const payer = execution.get(key) as number | undefined;
  if (payer !== undefined) execution.remove(key);
  return payer;
}

export const incentive: FeeScheme = {
  summary: 'the sender locks fees at the source for who delivers, acknowledges or times out; the rest comes back',
  source: 'cosmos/ibc-go v8.7.0 modules/apps/29-fee',
  namesDeliverer: true,
  quote: (terms) => (terms.kind === 'incentive' ? totalOf(terms) : 0n),
  onAcknowledge(execution, lane, sequence, payee) {
    const terms = termsOf(lane);
    const payer = takePayer(execution, lane, sequence);
    if (payer === undefined) return;
    const deliverer = payee === '' ? undefined : accountId(execution.chain, payee);
    if (deliverer !== undefined)
      payFee(execution, lane, sequence, { to: deliverer, amount: terms.receive, why: 'fee' });
    payFee(execution, lane, sequence, { to: execution.account, amount: terms.acknowledge, why: 'fee' });
    const earned = terms.acknowledge + (deliverer === undefined ? 0n : terms.receive);
    payFee(execution, lane, sequence, { to: payer, amount: totalOf(terms) - earned, why: 'fee-back' });
  },
  onTimeout(execution, lane, sequence) {
    const terms = termsOf(lane);
    const payer = takePayer(execution, lane, sequence);
    if (payer === undefined) return;
    payFee(execution, lane, sequence, { to: execution.account, amount: terms.timeOut, why: 'fee' });
    payFee(execution, lane, sequence, { to: payer, amount: totalOf(terms) - terms.timeOut, why: 'fee-back' });
  },
};
