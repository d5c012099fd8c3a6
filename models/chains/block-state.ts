/**
 * Contract state while a block executes: what it read and wrote lies here by key, and only what each key holds at the end
 * goes into the tree. A hot key (fees, a wallet, a counter) is written to the tree once a block and not once a call.
 */
import { type Draft, get, remove, set, type StateTree, type StateValue } from '../proofs/state-tree.ts';

interface Entry {
  readonly key: string;
  value: StateValue | undefined;
  /** unread: `value` says nothing; read: it is that of the tree; written: it is to go into the tree. */
  stage: 'unread' | 'read' | 'written';
}

/** What a write replaced. */
interface Change {
  readonly entry: Entry;
  readonly value: StateValue | undefined;
  readonly stage: Entry['stage'];
}

export interface BlockState {
  readonly tree: StateTree;
  readonly draft: Draft;
  readonly entries: Map<string, Entry>;
  /** Oldest first. */
  readonly changes: Change[];
}

export function openBlockState(tree: StateTree, draft: Draft): BlockState {
  return { tree, draft, entries: new Map(), changes: [] };
}

function entryAt(state: BlockState, key: string): Entry {
  let entry = state.entries.get(key);
  if (entry === undefined) state.entries.set(key, (entry = { key, value: undefined, stage: 'unread' }));
  return entry;
}

export function readEntry(state: BlockState, key: string): StateValue | undefined {
  const entry = entryAt(state, key);
  if (entry.stage === 'unread') {
    entry.value = get(state.tree, state.draft.root, key);
    entry.stage = 'read';
  }
  return entry.value;
}

/** Puts `value` at `key`, or takes away what is there where it is undefined. */
export function writeEntry(state: BlockState, key: string, value: StateValue | undefined): void {
  const entry = entryAt(state, key);
  state.changes.push({ entry, value: entry.value, stage: entry.stage });
  entry.value = value;
  entry.stage = 'written';
}

/** Marks a place to go back to. Marks nest. */
export function markOf(state: BlockState): number {
  return state.changes.length;
}

/** Undoes all writes since the mark. */
export function goBack(state: BlockState, mark: number): void {
  while (state.changes.length > mark) {
    const { entry, value, stage } = state.changes.pop() as Change;
    entry.value = value;
    entry.stage = stage;
  }
}

/** Nobody goes back before this: a transaction is over. */
export function forgetChanges(state: BlockState): void {
  state.changes.length = 0;
}

/** Writes what the block leaves into its draft. ORDER: by first use; the tree's shape depends on its entries alone. */
export function settleInto(state: BlockState): void {
  for (const { key, value, stage } of state.entries.values()) {
    if (stage !== 'written') continue;
    if (value === undefined) remove(state.tree, state.draft, key);
    else set(state.tree, state.draft, key, value);
  }
}
