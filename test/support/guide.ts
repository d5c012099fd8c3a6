/**
 * Pages of the guide, executed: blocks of files are written, console blocks are run as they stand, and what comes out
 * takes the place of what is printed. A page is true when nothing changes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BuiltCli } from '../cli/spawn.ts';

const BLOCK = /```(\w+)(?: file=(\S+))?\n([\s\S]*?)```/g;

/** The page with the output of each of its commands as it is now. `folder` is empty and stays dirty. */
export function executePage(page: string, cli: BuiltCli, folder: string): string {
  return page.replace(BLOCK, (whole, language: string, file: string | undefined, body: string) => {
    if (file !== undefined) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), body);
      return whole;
    }
    if (language !== 'console') return whole;
    const parts = commandsOf(body).map((command) => {
      const { out, err, code } = cli.shell(folder, command);
      const status = code === 0 ? '' : `[exit ${code}]\n`;
      return `$ ${command}\n${shorten(`${out}${err}`.trimEnd())}\n${status}`;
    });
    return `\`\`\`console\n${parts.join('\n')}\`\`\``;
  });
}

function commandsOf(body: string): string[] {
  return body
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2));
}

/** Lines of a long output that a page shows. */
const SHOWN = 30;

function shorten(text: string): string {
  const lines = text.split('\n');
  return lines.length <= SHOWN ? text : [...lines.slice(0, SHOWN), '[...]'].join('\n');
}
