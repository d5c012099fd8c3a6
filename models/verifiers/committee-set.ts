/** Who may sign for a committee, with what weight, and when: the part of its rule that attesters know as well. */

export interface Rotation {
  /** Time from one set to the next, by the clock of the host. */
  readonly everyUs: number;
  /** Time for which what an old set has signed still counts. */
  readonly graceUs: number;
  /** Members who get a new key with each set, in turn. */
  readonly replaced: number;
}

export interface CommitteeParameters {
  readonly committee: number;
  /** Weight that must have signed. */
  readonly threshold: number;
  /** Key of each member in the first set, by member index. */
  readonly keys: readonly number[];
  /** Weight of each member; one each where left out. */
  readonly weights?: readonly number[];
  /** Left out where keys never change. */
  readonly rotation?: Rotation;
  /** Name of the committee, which those of its keys begin with; only where keys change. */
  readonly name?: string;
}

export function weightOf({ weights }: Pick<CommitteeParameters, 'weights'>, member: number): number {
  return weights === undefined ? 1 : (weights[member] ?? 0);
}

/** Number of the set that signs at an instant of the host's clock, from 0. */
export function epochAt({ everyUs }: Rotation, chainUs: number): number {
  return Math.max(0, Math.floor(chainUs / everyUs));
}

/** Why what a set has signed does not count at an instant; undefined where it does. */
export function refuseEpoch({ everyUs, graceUs }: Rotation, epoch: number, chainUs: number): string | undefined {
  if (epoch * everyUs > chainUs) return 'set-unknown';
  // The set is replaced at the start of the next; from the end of the grace on nothing of it counts.
  const isOld = chainUs >= (epoch + 1) * everyUs;
  return isOld && chainUs >= (epoch + 1) * everyUs + graceUs ? 'set-retired' : undefined;
}

/** How often a member has got a new key by an epoch: members take turns, in order. */
export function generationOf({ keys, rotation }: CommitteeParameters, member: number, epoch: number): number {
  const replaced = epoch * (rotation?.replaced ?? 0);
  return Math.floor(replaced / keys.length) + (member < replaced % keys.length ? 1 : 0);
}

export function keyNameOf({ name = '' }: CommitteeParameters, member: number, generation: number): string {
  return `committee/${name}/${member}${generation === 0 ? '' : `/${generation}`}`;
}
