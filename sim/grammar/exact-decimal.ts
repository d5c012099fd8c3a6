/** Decimal texts as exact whole numbers over a power of ten. */

/** `digits / 10^places`. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly places: number;
}

const DECIMAL = /^([-+]?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,3}))?$/;
/** More than any amount needs: a bigint is made of the text, which takes time with the square of its length. */
const TEXT_MAX = 100;

/** The exact value of `12`, `0.5` or `1e-7`; undefined where the text is no decimal or longer than 100 characters. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = text.length > TEXT_MAX ? null : DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '0', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > TEXT_MAX) return undefined;
  const digits = BigInt(whole + fraction) * tenTo(Math.max(0, shift - fraction.length));
  const places = Math.max(0, fraction.length - shift);
  return { negative: sign === '-' && digits > 0n, digits, places };
}

export function tenTo(places: number): bigint {
  return BigInt(`1${'0'.repeat(places)}`);
}

/** Without leading or trailing zeros. */
export function decimalText({ negative, digits, places }: Decimal): string {
  const padded = digits.toString().padStart(places + 1, '0');
  const whole = padded.slice(0, padded.length - places);
  const fraction = padded.slice(padded.length - places).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Greatest common divisor; 1 for two zeros, so that it can always divide. */
function commonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}

/** `numerator / denominator` in lowest terms; undefined where a term does not fit a safe number. */
export function lowestTerms(
  numerator: bigint,
  denominator: bigint,
): { readonly numerator: number; readonly denominator: number } | undefined {
  const common = commonDivisor(numerator, denominator);
  const reduced = { numerator: Number(numerator / common), denominator: Number(denominator / common) };
  const isSafe = Number.isSafeInteger(reduced.numerator) && Number.isSafeInteger(reduced.denominator);
  return isSafe ? reduced : undefined;
}
