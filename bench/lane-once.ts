/** One measurement of the message path in a process of its own, so that its peak of memory is its own. Prints JSON. */
import { type Backend, measureLane, type Proofs, type Verifier } from './lane.ts';

const [messages = '100000', proofs = 'modelled', verifier = 'committee', backend = 'noble'] = process.argv.slice(2);
const measured = measureLane(Number(messages), proofs as Proofs, verifier as Verifier, backend as Backend);
process.stdout.write(`${JSON.stringify(measured)}\n`);
