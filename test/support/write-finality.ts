/** `npm run finality-tables FILE`: writes the table of docs/validation.md that puts chain presets beside tables of finality. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compareTables } from '../../sim/cli/commands/validate-finality.ts';
import { finalityTable } from './finality-table.ts';

const [file = ''] = process.argv.slice(2);
const path = fileURLToPath(new URL('../../docs/validation.md', import.meta.url));
const [before = '', rest = ''] = readFileSync(path, 'utf8').split('<!-- finality -->');
const [, after = ''] = rest.split('<!-- end of finality -->');
const table = finalityTable(compareTables(readFileSync(file, 'utf8'), file));
writeFileSync(path, `${before}<!-- finality -->\n${table}\n<!-- end of finality -->${after}`);
