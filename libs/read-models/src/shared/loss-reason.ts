const LENGTH = 100;

/** A reason (原因) as reports list it. Free text of any length would not fit into the key of a total. */
export function lossReasonOf(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed.length <= LENGTH) return trimmed;
  // By characters, not by halves of them: half of one is no text.
  const characters = [...trimmed];
  return characters.length <= LENGTH ? trimmed : `${characters.slice(0, LENGTH - 1).join('')}…`;
}
