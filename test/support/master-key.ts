/** Of processes with data folders of their own that work on one log; what is encrypted there is nobody's. */
export const MASTER_KEY = Buffer.alloc(32, 5).toString('base64');
