/**
 * YAML text to a syntax tree within the limits. Depth, number of values, aliases and tags are judged on tokens, before
 * anything is composed: composing recurses, and an alias bomb costs nothing until values are built.
 */
import { Composer, type CST, type Document, Lexer, type LineCounter, Parser } from 'yaml';
import type { ErrorCode, Problem } from './errors.ts';
import { LIMITS } from './decode.ts';

/** What was refused, by offset into the text. */
export interface SyntaxProblem extends Pick<Problem, 'what' | 'expected' | 'got' | 'hint'> {
  readonly code: ErrorCode;
  readonly offset: number;
}

export interface SyntaxTree {
  readonly document: Document.Parsed | undefined;
  readonly problems: readonly SyntaxProblem[];
}

/** Problems kept of one kind of text: a file of 80,000 anchors is refused once read so far. */
const PROBLEMS_KEPT = 100;

interface Walk {
  readonly problems: SyntaxProblem[];
  nodes: number;
}

/** The one document of a text. Where there are problems, the document is not to be used. */
export function parseSyntax(text: string, lines: LineCounter): SyntaxTree {
  const walk: Walk = { problems: [], nodes: 0 };
  const tooDeep = flowTooDeepAt(text);
  if (tooDeep !== undefined) {
    // The parser's own stack is slow when deep: 1 s for 262,144 brackets.
    lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
    refuseSize(walk, tooDeep);
    return { document: undefined, problems: walk.problems };
  }
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  walkTokens(walk, tokens);
  if (walk.problems.length > 0) return { document: undefined, problems: walk.problems };
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const [document] = [...composer.compose(tokens, true, text.length)] as Document.Parsed[];
  const problems = (document?.errors ?? []).map(syntaxProblem);
  // A tab breaks the structure of all that follows: what else is wrong is seen once the tabs are gone.
  const tabs = problems.filter(({ got }) => got === 'a tab');
  return { document, problems: firstAtEachPlace(tabs.length > 0 ? tabs : problems) };
}

/** Offset of the first flow bracket below the limit of depth. */
function flowTooDeepAt(text: string): number | undefined {
  let offset = 0;
  let depth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '[' || lexeme === '{') depth++;
    else if ((lexeme === ']' || lexeme === '}') && depth > 0) depth--;
    if (depth > LIMITS.depth) return offset;
    // The lexer's marks of a document's start, a broken flow and a scalar to come are not in the text.
    if (lexeme !== '\u0002' && lexeme !== '\u0018' && lexeme !== '\u001f') offset += lexeme.length;
  }
  return undefined;
}

function walkTokens(walk: Walk, tokens: readonly CST.Token[]): void {
  let documents = 0;
  for (const token of tokens) {
    if (token.type === 'directive') {
      refuse(walk, 'E104', token.offset, 'a directive is not part of the grammar', 'plain values');
    }
    if (token.type !== 'document') continue;
    documents++;
    if (documents === 2) refuse(walk, 'E103', token.offset, 'a second document', 'one document');
    if (documents >= 2) continue;
    walkProps(walk, token.start);
    walkValue(walk, token.value, 1);
  }
}

/** Depth 1 is the root. Goes no deeper than the limit, so it may recurse. */
function walkValue(walk: Walk, token: CST.Token | null | undefined, depth: number): void {
  if (token === null || token === undefined) return;
  walk.nodes++;
  switch (token.type) {
    case 'alias':
      refuseAnchors(walk, token.offset);
      return;
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      if (depth > LIMITS.depth) {
        refuseSize(walk, token.offset);
        return;
      }
      for (const item of token.items) {
        if (walk.nodes > LIMITS.nodes) {
          refuseSize(walk, token.offset);
          return;
        }
        walkProps(walk, item.start);
        walkProps(walk, item.sep);
        walkValue(walk, item.key, depth + 1);
        walkValue(walk, item.value, depth + 1);
      }
      return;
    default:
      return;
  }
}

function walkProps(walk: Walk, props: readonly CST.SourceToken[] | undefined): void {
  for (const prop of props ?? []) {
    if (prop.type === 'anchor' || prop.type === 'tag') refuseAnchors(walk, prop.offset);
  }
}

function refuseAnchors(walk: Walk, offset: number): void {
  const what = 'anchors, aliases and tags are not part of the grammar';
  refuse(walk, 'E104', offset, what, 'plain values');
}

/** Once: all that follows is as deep or as many. */
function refuseSize(walk: Walk, offset: number): void {
  if (walk.problems.some(({ code }) => code === 'E105')) return;
  const expected = `at most ${LIMITS.depth} levels and ${LIMITS.nodes} keys and values`;
  refuse(walk, 'E105', offset, 'the text is nested too deeply or too long', expected);
}

function refuse(walk: Walk, code: ErrorCode, offset: number, what: string, expected: string): void {
  if (walk.problems.length < PROBLEMS_KEPT) walk.problems.push({ code, offset, what, expected, got: '', hint: '' });
}

function syntaxProblem(error: { code: string; message: string; pos: [number, number] }): SyntaxProblem {
  const [offset] = error.pos;
  if (error.code === 'TAB_AS_INDENT') {
    return { code: 'E101', offset, what: 'a tab indents', expected: 'spaces', got: 'a tab', hint: '' };
  }
  const [message = ''] = error.message.split('\n');
  const what = `the text is no YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  return { code: 'E101', offset, what, expected: '', got: '', hint: '' };
}

/** One broken place often breaks several rules; the first says it best. */
function firstAtEachPlace(problems: readonly SyntaxProblem[]): SyntaxProblem[] {
  const seen = new Set<number>();
  return problems.filter(({ offset }) => !seen.has(offset) && seen.add(offset));
}
