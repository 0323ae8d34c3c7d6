/** Somebody of the simulated company. */
const SALESPERSON = 'demo-sales-1@example.com';

/**
 * What is read after the start: where it is and, by a newcomer, what to try. `token` is an administrator's, where the local issuer
 * makes them; an identity provider's users know how to get theirs. `demo`: the simulated company's people are there.
 */
export function welcome(url: string, token?: string, demo = false): string {
  if (!token) return `\nChronicle CRM answers on ${url}\n\n`;
  const query = (document: string) =>
    `curl -s ${url} -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '${JSON.stringify({ query: document }).replaceAll("'", "'\\''")}'`;
  return `
Chronicle CRM answers on ${url}
It takes tokens of its own, for this machine only; ./crm token --as EMAIL makes more. Ctrl-C stops it.

You are the administrator:
  TOKEN=${token}

Capture a lead:
  ${query('mutation { captureLead(input: { name: "Wang Fang", source: "website" }) { id position } }')}
See the leads:
  ${query('{ leads(first: 10) { totalCount nodes { id name source status } } }')}
The funnel of this year:
  ${query(`{ funnel(cohort: { from: "${new Date().getFullYear()}-01-01", to: "${new Date().getFullYear()}-12-31" }) { stages { stage reached stepRate amount { minor currency } } winRate } }`)}
${
  demo
    ? `
The same as a salesperson sees it, or demo-leader-1, demo-manager-1, demo-finance, demo-auditor …:
  TOKEN=$(./crm token --as ${SALESPERSON})
`
    : ''
}
`;
}
