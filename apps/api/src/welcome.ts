/** What a newcomer reads after the start: where it is, and what to try. */
export function welcome(url: string): string {
  const query = (document: string) =>
    `curl -s ${url} -H 'content-type: application/json' -d '${JSON.stringify({ query: document }).replaceAll("'", "'\\''")}'`;
  return `
Chronicle CRM answers on ${url}
It listens on this machine only: there is no authentication yet. Ctrl-C stops it.

Capture a lead:
  ${query('mutation { captureLead(input: { name: "Wang Fang", source: "website" }) { id position } }')}
See the leads:
  ${query('{ leads(first: 10) { totalCount nodes { id name source status } } }')}
The funnel of this year:
  ${query(`{ funnel(cohort: { from: "${new Date().getFullYear()}-01-01", to: "${new Date().getFullYear()}-12-31" }) { stages { stage reached stepRate amount { minor currency } } winRate } }`)}

`;
}
