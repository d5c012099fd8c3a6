import { describe, expect, it } from 'vitest';
import { junitXml } from '../../sim/cli/reporters/junit.ts';

describe('the JUnit reporter', () => {
  it('writes a case a check, escaped', () => {
    const xml = junitXml({
      name: 's',
      seed: '7',
      digest: 'ab',
      replay: "l0sim run 'a&b.yaml'",
      checks: [
        { group: 'property', name: 'agreement', outcome: 'passed', text: 'checked 4' },
        { group: 'threshold', name: 'latency-p95', outcome: 'failed', text: 'limit < 60s\nvalue "70s"' },
        { group: 'property', name: 'conservation', outcome: 'skipped', text: 'does not apply' },
      ],
    });
    expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="l0sim" tests="3" failures="1" errors="0" skipped="1">
  <testsuite name="s" tests="3" failures="1" errors="0" skipped="1">
    <properties>
      <property name="seed" value="7"/>
      <property name="digest" value="ab"/>
      <property name="replay" value="l0sim run &apos;a&amp;b.yaml&apos;"/>
    </properties>
    <testcase classname="s.property" name="agreement"/>
    <testcase classname="s.threshold" name="latency-p95">
      <failure message="limit &lt; 60s">limit &lt; 60s&#10;value &quot;70s&quot;</failure>
    </testcase>
    <testcase classname="s.property" name="conservation">
      <skipped message="does not apply">does not apply</skipped>
    </testcase>
  </testsuite>
</testsuites>`);
  });
});
