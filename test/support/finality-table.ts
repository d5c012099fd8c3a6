/** The table of docs/validation.md that puts chain presets beside tables of finality. */
import { finalityRow, HEAD } from '../../sim/cli/commands/validate-finality.ts';
import type { ComparedChain } from '../../sim/experiment/lanes/finality.ts';

export function finalityTable(compared: readonly ComparedChain[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEAD), `|${'---|'.repeat(HEAD.length)}`, ...compared.map((each) => line(finalityRow(each)))].join('\n');
}
