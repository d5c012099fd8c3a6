/**
 * Upgrades of a chain by plan: it goes on under a new revision from the block after a height, and may leave behind, in the
 * state of the old one, what lets clients elsewhere follow it.
 * @source cosmos-sdk x/upgrade, Plan.height; ibc-go 02-client UpgradeClient: the upgraded client state is committed under
 * the last height of the old revision.
 */
import { be64 } from '../../sim/base/bytes.ts';
import { chainUpgraded } from '../records.ts';
import type { Chain } from './chain.ts';
import type { BlockHook } from './execution.ts';

export interface Upgrade {
  /** Last height of the old revision. */
  readonly height: number;
  /** Whether the upgraded client state is committed. */
  readonly hasPath: boolean;
}

/** Revision of the header at a height: the upgrades that lie below it. Heights go on rising. */
export function revisionAt({ upgrades }: Pick<Chain, 'upgrades'>, height: number): number {
  let revision = 0;
  for (const upgrade of upgrades) if (upgrade.height < height) revision++;
  return revision;
}

/** Contract-state key of the client that follows the chain beyond a height. */
export function upgradedClientKey(height: number): string {
  return `upgraded-ibc-state/${height}/upgraded-client`;
}

/** What stands there: the revision that the client is to follow. */
export function upgradedClient(revision: number): Uint8Array {
  return be64(revision);
}

/** Commits the upgraded client where the header of the last height shows it, and says when the revision changes. */
export const applyUpgrades: BlockHook = (execution) => {
  const { chain, block } = execution;
  if (chain.upgrades.length === 0) return;
  for (const { height, hasPath } of chain.upgrades) {
    if (hasPath && block.height === height - chain.rootLag) {
      execution.set(upgradedClientKey(height), upgradedClient(revisionAt(chain, height) + 1));
    }
    if (block.height !== height + 1) continue;
    const revision = revisionAt(chain, block.height);
    execution.fact(chainUpgraded, { chain: chain.id, block: block.id, height: block.height, revision, hasPath });
  }
};
