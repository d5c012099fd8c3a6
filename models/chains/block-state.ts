/**
 * Contract state while a block executes: what it read and wrote lies here by key, and only what each key holds at the end
 * goes into the tree. A hot key (fees, a wallet, a counter) is written to the tree once a block and not once a call.
 */
import { type Draft, get, remove, set, type StateTree, type StateValue } from '../proofs/state-tree.ts';

interface Entry {
  readonly key: string;
  value: StateValue | undefined;
  isWritten: boolean;
}

export interface BlockState {
  readonly tree: StateTree;
  readonly draft: Draft;
  readonly entries: Map<string, Entry>;
  /** What each write replaced, oldest first: an entry and its value in turn. */
  readonly replaced: Entry[];
  readonly values: (StateValue | undefined)[];
}

export function openBlockState(tree: StateTree, draft: Draft): BlockState {
  return { tree, draft, entries: new Map(), replaced: [], values: [] };
}

function entryAt(state: BlockState, key: string): Entry {
  let entry = state.entries.get(key);
  if (entry === undefined) {
    entry = { key, value: get(state.tree, state.draft.root, key), isWritten: false };
    state.entries.set(key, entry);
  }
  return entry;
}

export function readEntry(state: BlockState, key: string): StateValue | undefined {
  return entryAt(state, key).value;
}

/** Puts `value` at `key`, or takes away what is there where it is undefined. */
export function writeEntry(state: BlockState, key: string, value: StateValue | undefined): void {
  const entry = entryAt(state, key);
  state.replaced.push(entry);
  state.values.push(entry.value);
  entry.value = value;
  entry.isWritten = true;
}

/** Marks a place to go back to. Marks nest. */
export function markOf(state: BlockState): number {
  return state.replaced.length;
}

/** Undoes all writes since the mark. */
export function goBack(state: BlockState, mark: number): void {
  while (state.replaced.length > mark) (state.replaced.pop() as Entry).value = state.values.pop();
}

/** Writes what the block leaves into its draft. ORDER: by first use; the tree's shape depends on its entries alone. */
export function settleInto(state: BlockState): void {
  for (const entry of state.entries.values()) {
    if (!entry.isWritten) continue;
    if (entry.value === undefined) remove(state.tree, state.draft, entry.key);
    else set(state.tree, state.draft, entry.key, entry.value);
  }
}
