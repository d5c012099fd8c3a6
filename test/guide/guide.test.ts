/** Every page of the guide does what it prints. `L0SIM_WRITE_GUIDE=1` writes the pages anew. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli, root } from '../cli/spawn.ts';
import { executePage } from '../support/guide.ts';
import { filesBelow } from '../support/sources.ts';

const pages = [...filesBelow('docs/guide').filter((path) => path.endsWith('.md')), 'docs/add-a-protocol.md'];
let cli: BuiltCli;
let folder = '';

beforeAll(() => {
  cli = buildCli();
  folder = mkdtempSync(join(tmpdir(), 'l0sim-guide-'));
}, 60_000);
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What `npm install l0sim` would leave: pages may import it. */
function installPackage(place: string): void {
  const home = join(place, 'node_modules/l0sim');
  mkdirSync(home, { recursive: true });
  symlinkSync(join(cli.main, '../../..'), join(home, 'dist'));
  symlinkSync(join(root, 'scenarios'), join(home, 'scenarios'));
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }\n');
}

describe('the guide', () => {
  it.each(pages)(
    '%s works as printed',
    (path) => {
      const page = readFileSync(join(root, path), 'utf8');
      const place = mkdtempSync(join(folder, 'page-'));
      installPackage(place);
      const now = executePage(page, cli, place);
      if (process.env['L0SIM_WRITE_GUIDE'] === '1') writeFileSync(join(root, path), now);
      else expect(now).toBe(page);
    },
    240_000,
  );
});
