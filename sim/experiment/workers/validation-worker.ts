/** One worker thread of `l0sim validate`: takes replications, gives their samples. */
import type { Sample } from '../validation/model.ts';
import { replicate, type Task } from '../validation/run-target.ts';
import { modelNamed } from '../validation/table.ts';

// eslint-disable-next-line no-restricted-syntax -- the pool calls what a worker's file exports by default
export default function makeReplication(task: Task): Sample {
  return replicate(task, modelNamed);
}
