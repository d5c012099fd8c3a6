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
  scanLexemes(walk, text);
  if (walk.problems.length > 0) {
    lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
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

/** The lexer's marks of a document's start, a broken flow and a word to come; none is in the text. */
const DOCUMENT_MARK = '\u0002';
const FLOW_ERROR_MARK = '\u0018';
const SCALAR_MARK = '\u001f';

/**
 * Judges what words alone can tell, before anything is parsed: depth of brackets, anchors, aliases and tags, and a lower bound
 * of the number of values. A parser takes half a second to a second for files of nothing but those.
 */
function scanLexemes(walk: Walk, text: string): void {
  const counts = new Map<string, number>();
  let offset = 0;
  let depth = 0;
  let isWord = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === DOCUMENT_MARK || lexeme === FLOW_ERROR_MARK) continue;
    if (lexeme === SCALAR_MARK) {
      isWord = true;
      continue;
    }
    const mark = isWord ? 'word' : markOf(lexeme);
    if (mark === '&' || mark === '*' || mark === '!') refuseAnchors(walk, offset);
    if (mark === 'open') depth++;
    if (mark === 'close' && depth > 0) depth--;
    const count = (counts.get(mark) ?? 0) + 1;
    counts.set(mark, count);
    const isMany = mark !== '' && mark !== 'close' && count > LIMITS.nodes;
    if (depth > LIMITS.depth || isMany) refuseSize(walk, offset);
    if (walk.problems.length >= PROBLEMS_KEPT || walk.problems.at(-1)?.code === 'E105') return;
    offset += lexeme.length;
    isWord = false;
  }
}

/** What a lexeme that is no plain word stands for; empty for blanks, comments and the like. */
function markOf(lexeme: string): string {
  const first = lexeme.charAt(0);
  switch (first) {
    case '"':
    case "'":
      return 'word';
    case '[':
    case '{':
      return 'open';
    case ']':
    case '}':
      return 'close';
    case '&':
    case '*':
    case '!':
    case '-':
    case '?':
    case ':':
      return lexeme === '---' ? '' : first;
    default:
      return '';
  }
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
    walkValue(walk, token.value, 1);
  }
}

/** Depth 1 is the root. Goes no deeper than the limit, so it may recurse. */
function walkValue(walk: Walk, token: CST.Token | null | undefined, depth: number): void {
  if (token === null || token === undefined) return;
  walk.nodes++;
  switch (token.type) {
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
        walkValue(walk, item.key, depth + 1);
        walkValue(walk, item.value, depth + 1);
      }
      return;
    default:
      return;
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
