/** `docs/properties.md`: what is judged, and what may be assumed, from the tables that judge. */
import { assumptionKinds } from '../../reports/observers/assumption-kinds.ts';
import { properties } from '../../reports/observers/properties/table.ts';

export function propertiesPage(): string {
  const ids = Object.fromEntries(Object.entries(assumptionKinds).map(([kind, { id }]) => [kind, id]));
  const judged = properties.map(({ slug, id, group, summary, requires }) => {
    const needed = requires.map((kind) => `${ids[kind] ?? ''} ${kind}`).join(', ');
    return `| \`${slug}\` | ${id} | ${group} | ${summary} | ${needed === '' ? 'nothing' : needed} |`;
  });
  const assumed = Object.entries(assumptionKinds).map(
    ([kind, { id, meaning, unit }]) => `| \`${kind}\` | ${id} | ${meaning} | ${unit} |`,
  );
  return `# What is judged, and what is assumed

Made from the code that judges by \`npm run schema\`.

Every run is judged by every property that applies to it, on ground truth: what really happened on each chain, whatever a contract or a relayer believed. A property is owed where
the assumptions that it requires hold. Where one of them is declared (\`assume:\`) and broken, \`l0sim fuzz\` and \`l0sim/testing\` repeat the run without the faults that broke it: what
is violated even then is unexplained. \`expect:\` says what a scenario is to show.

## Properties

| property | id | group | what must be so | requires |
|---|---|---|---|---|
${judged.join('\n')}

## Assumptions

| kind | id | what is assumed | measured in |
|---|---|---|---|
${assumed.join('\n')}

\`synchrony\` is declared by \`synchrony: { model: partial, gst, delta }\`; the others in the list \`assume:\`, each with its subject and bound.
`;
}
