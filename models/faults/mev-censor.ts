/** Builders that leave somebody's transactions out of their blocks. */
import { z } from 'zod';
import { ppmText } from '../../sim/grammar/quantities.ts';
import type { World } from '../../sim/kernel/world.ts';
import { userAccount } from '../applications/traffic.ts';
import { trafficsOf } from '../applications/traffic.ts';
import { watchersOf, type WatcherState } from '../attesters/watcher.ts';
import { accountId, type Chain, chainOf, nodeOf } from '../chains/chain.ts';
import { nodesOfValidator } from '../chains/consensus/bft-faults.ts';
import { clientOf } from '../verifiers/verifier.ts';
import type { Directory } from './directory.ts';
import { defineFault, faultStream } from './fault.ts';
import { relayerOf, trafficOf } from './people.ts';
import { problem } from './problems.ts';
import type { Targets } from './selectors.ts';

export const mevCensor = defineFault({
  summary:
    'builders leave out what a relayer, the watchers of a lane, the users of a traffic, or all users of a lane submit',
  touches: ['honest-relayers'],
  target: {
    required: ['chain'],
    oneOf: ['relayer', 'relayers', 'traffic', 'lane', 'watchers'],
    optional: ['validators'],
  },
  parameters: z.strictObject({
    share: ppmText.optional().describe('share of the blocks that leave it out, each by chance; all unless given'),
  }),
  resolve(parameters, target, directory) {
    const missing = missingOn(target, directory);
    if (missing === undefined) return { ok: true, value: parameters };
    const details = { expected: 'somebody who submits to this chain', got: missing };
    return { ok: false, problems: [problem(['target', 'chain'], 'nothing of theirs comes to this chain', details)] };
  },
  create: ({ share }) => ({
    start(context, { plan }) {
      const chain = chainOf(context.world, plan.target.chain);
      const accounts = accountsOf(context.world, chain, plan.target);
      for (const validator of plan.target.validators) {
        for (const node of nodesOfValidator(chain, validator)) {
          nodeOf(chain, node).censored.set(plan.id, {
            accounts: [...accounts],
            ...(share === undefined ? {} : { by: { stream: context.stream(faultStream(plan, 'share')), ppm: share } }),
          });
        }
      }
    },
    stop(context, { plan }) {
      for (const node of chainOf(context.world, plan.target.chain).nodes) node.censored.delete(plan.id);
    },
  }),
});

/** Who of the target never submits to the chain; undefined where everybody does. */
function missingOn(target: Targets, directory: Directory): string | undefined {
  const lanesHere = directory.lanes.map(
    ({ source, destination }) => source === target.chain || destination === target.chain,
  );
  const sourceOf = (lane: number): number => directory.lanes[lane]?.source ?? -1;
  if (target.watchers !== -1) {
    return lanesHere[target.watchers] === true ? undefined : `watchers of ${directory.lanes[target.watchers]?.name}`;
  }
  if (target.lane !== -1) {
    return sourceOf(target.lane) === target.chain ? undefined : `users of lane ${directory.lanes[target.lane]?.name}`;
  }
  if (target.traffic !== -1) {
    const traffic = directory.traffics[target.traffic];
    return sourceOf(traffic?.lane ?? -1) === target.chain ? undefined : `users of traffic ${traffic?.name}`;
  }
  for (const id of target.relayers) {
    const relayer = directory.relayers[id];
    if (relayer?.lanes.some((lane) => lanesHere[lane]) !== true) return `relayer ${relayer?.name}`;
  }
  return undefined;
}

function accountsOf(world: World, chain: Chain, target: Targets): number[] {
  const accounts: number[] = [];
  for (const entity of watchersOf(world)) {
    const { lane, client, account } = world.entities[entity]?.state as WatcherState;
    if (lane === target.watchers && clientOf(world, client).host === chain.id) accounts.push(account);
  }
  if (target.lane === -1) {
    for (const id of target.relayers) {
      for (const outpost of relayerOf(world, id).outposts)
        if (outpost.chain === chain.id) accounts.push(outpost.account);
    }
  }
  for (let id = 0; id < trafficsOf(world).length; id++) {
    const { lane, sender, users } = trafficOf(world, id);
    if (id !== target.traffic && (target.lane === -1 || lane !== target.lane)) continue;
    for (let user = 0; user < users; user++) accounts.push(accountId(chain, userAccount(sender, user)));
  }
  return accounts;
}
