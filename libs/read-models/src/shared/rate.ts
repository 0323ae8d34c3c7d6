/** Part of the whole, 0 to 1; of nothing there is no rate. */
export const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
