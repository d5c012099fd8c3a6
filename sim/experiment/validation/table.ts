/** The models that can be validated, by the names that files of targets give them. */
import { erlangB, mginf, mm1kBlock } from './losses.ts';
import type { ValidationModel } from './model.ts';
import { md1, mg1, mm1, mmc } from './queues.ts';

export const validationModels: Readonly<Record<string, ValidationModel>> = {
  mm1,
  md1,
  mmc,
  mg1,
  mm1k_block: mm1kBlock,
  erlang_b: erlangB,
  mginf,
};

/** The model of that name; undefined where none was built. */
export function modelNamed(name: string): ValidationModel | undefined {
  return Object.hasOwn(validationModels, name) ? validationModels[name] : undefined;
}
