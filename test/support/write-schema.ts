/** `npm run schema`: writes the files that are generated from the grammar. Their tests say when they are out of date. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './generated.ts';
import { ROOT } from './sources.ts';

for (const [path, text] of generatedFiles()) {
  writeFileSync(join(ROOT, path), text);
  process.stdout.write(`wrote ${path}\n`);
}
