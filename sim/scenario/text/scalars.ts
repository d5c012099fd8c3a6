/**
 * What a plain (unquoted) word of YAML means. Read from the source text by the core schema of YAML 1.2.2, section 10.3,
 * but for numbers that would change in silence: those are refused.
 */
import type { ErrorCode } from './errors.ts';

export type ScalarReading =
  | { readonly ok: true; readonly value: string | number | boolean | null }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly what: string;
      readonly expected: string;
      readonly hint: string;
    };

const NUMBER = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const OTHER_BASE = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const EXACT_HINT = 'text keeps all its digits: put it in quotes, or name the asset of an amount';

export function readPlain(source: string): ScalarReading {
  switch (source) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return { ok: true, value: null };
    case 'true':
    case 'True':
    case 'TRUE':
      return { ok: true, value: true };
    case 'false':
    case 'False':
    case 'FALSE':
      return { ok: true, value: false };
    default:
      return readNumberOrText(source);
  }
}

function readNumberOrText(source: string): ScalarReading {
  if (NOT_FINITE.test(source)) return refused('E112', 'a number is not finite', 'a finite number');
  if (OTHER_BASE.test(source)) {
    return refused('E110', 'a number in another base', 'a decimal number', 'quote it if it is text');
  }
  const match = NUMBER.exec(source);
  const [, , whole = '', fraction = ''] = match ?? [];
  if (match === null || whole + fraction === '') return { ok: true, value: source };
  if (/^0\d/.test(whole)) {
    return refused('E110', 'a number starts with a zero', 'a decimal number', 'quote it if it is text');
  }
  const value = Number(source);
  if (!Number.isFinite(value)) return refused('E112', 'a number is not finite', 'a finite number');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const expected = `at most ${Number.MAX_SAFE_INTEGER}`;
    return refused('E113', 'a number has more digits than can be kept', expected, EXACT_HINT);
  }
  if (normalForm(source) !== normalForm(String(value))) {
    const what = 'a number has more digits than can be kept';
    return refused('E113', what, 'at most 15 significant digits', EXACT_HINT);
  }
  return { ok: true, value: value === 0 ? 0 : value };
}

/** Sign, digits without outer zeros and power of ten: equal for two texts of one number. */
function normalForm(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = withoutTrailingZeros(digits);
  if (kept === '') return '0';
  return `${sign === '-' ? '-' : ''}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

/** By hand: the pattern `0+$` takes time with the square of the zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charAt(end - 1) === '0') end--;
  return digits.slice(0, end);
}

function refused(code: ErrorCode, what: string, expected: string, hint = ''): ScalarReading {
  return { ok: false, code, what, expected, hint };
}
