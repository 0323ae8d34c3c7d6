import { limits } from './limits.js';

/** How documents are read, here and by Apollo. */
export const parseOptions: { maxTokens: number } = { maxTokens: limits.tokens.most };
