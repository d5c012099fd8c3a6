/** A run as JUnit XML: one test case a check. */
import type { Check } from '../../../reports/checks.ts';

export interface Suite {
  readonly name: string;
  /** The line that replays the run. */
  readonly replay: string;
  readonly seed: string;
  readonly digest: string;
  readonly checks: readonly Check[];
}

/** @source the JUnit XML schema that CI servers read: testsuites, testsuite, testcase with failure or skipped */
export function junitXml(suite: Suite): string {
  const count = (outcome: Check['outcome']): number => suite.checks.filter((each) => each.outcome === outcome).length;
  const counts = { tests: suite.checks.length, failures: count('failed'), errors: 0, skipped: count('skipped') };
  const properties = { seed: suite.seed, digest: suite.digest, replay: suite.replay };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    open('testsuites', { name: 'l0sim', ...counts }),
    `  ${open('testsuite', { name: suite.name, ...counts })}`,
    '    <properties>',
    ...Object.entries(properties).map(([name, value]) => `      ${open('property', { name, value }, true)}`),
    '    </properties>',
    ...suite.checks.flatMap((check) => testCase(suite.name, check)),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function testCase(suite: string, check: Check): string[] {
  const attributes = { classname: `${suite}.${check.group}`, name: check.name };
  if (check.outcome === 'passed') return [`    ${open('testcase', attributes, true)}`];
  const tag = check.outcome === 'failed' ? 'failure' : 'skipped';
  const message = check.text.split('\n')[0] ?? '';
  return [
    `    ${open('testcase', attributes)}`,
    `      ${open(tag, { message })}${escape(check.text)}</${tag}>`,
    '    </testcase>',
  ];
}

function open(tag: string, attributes: Readonly<Record<string, string | number>>, isEmpty = false): string {
  const inside = Object.entries(attributes).map(([name, value]) => ` ${name}="${escape(String(value))}"`);
  return `<${tag}${inside.join('')}${isEmpty ? '/' : ''}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
};

/** Control characters are no XML at all, and the grammar lets none of them through. */
function escape(text: string): string {
  return text.replace(/[&<>"'\n]/g, (character) => ENTITIES[character] as string);
}
