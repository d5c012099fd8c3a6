/** How old a trusted state of a staked chain may be before those who have left could fork it unpunished. */

/** @source ethereum/consensus-specs@a08d8a6e presets and configs of mainnet. */
const MIN_WITHDRAWABILITY_DELAY = 256;
const MIN_PER_EPOCH_CHURN = 4;
const CHURN_QUOTIENT = 65_536;
const MAX_EFFECTIVE_ETH = 32;
const MAX_TOP_UPS_PER_EPOCH = 16 * 32;
/** Share of the safety margin of one third that may be lost, in percent. */
const SAFETY_DECAY = 10;

/**
 * Epochs for which a state may be trusted; `validators` active ones with `averageEth` whole ETH each.
 * @source ethereum/consensus-specs@a08d8a6e specs/phase0/weak-subjectivity.md, compute_weak_subjectivity_period.
 */
export function weakSubjectivityEpochs(validators: number, averageEth: number): number {
  const top = MAX_EFFECTIVE_ETH;
  const decay = SAFETY_DECAY;
  const churn = Math.max(MIN_PER_EPOCH_CHURN, Math.floor(validators / CHURN_QUOTIENT));
  if (top * (200 + 3 * decay) < averageEth * (200 + 12 * decay)) {
    const gap = averageEth * (200 + 12 * decay) - top * (200 + 3 * decay);
    const byChurn = Math.floor((validators * gap) / (600 * churn * (2 * averageEth + top)));
    const byTopUps = Math.floor((validators * (200 + 3 * decay)) / (600 * MAX_TOP_UPS_PER_EPOCH));
    return MIN_WITHDRAWABILITY_DELAY + Math.max(byChurn, byTopUps);
  }
  const slack = 200 * MAX_TOP_UPS_PER_EPOCH * (top - averageEth);
  return MIN_WITHDRAWABILITY_DELAY + Math.floor((3 * validators * decay * averageEth) / slack);
}
