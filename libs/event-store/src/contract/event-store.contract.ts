import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { appendContract } from './append.contract.js';
import { concurrencyContract } from './concurrency.contract.js';
import { type ContentOptions, contentContract } from './content.contract.js';
import { followContract } from './follow.contract.js';
import { abortContract, reconnectContract } from './interruption.contract.js';
import type { OpenedStore } from './opened-store.js';
import { readAllContract, readStreamContract } from './read.contract.js';

/**
 * Declares the tests that every adapter of `EventStore` passes. The store is opened once and shared by all of them.
 * A store without connections says `{ cuttable: false }`, and those tests show as skipped.
 */
export function eventStoreContract(
  name: string,
  open: () => Promise<OpenedStore>,
  { cuttable = true, adds }: { readonly cuttable?: boolean } & ContentOptions = {},
): void {
  describe(`${name} keeps the contract of the log`, () => {
    jest.setTimeout(30_000);
    let opened: OpenedStore;
    const subject = () => opened;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(() => opened?.close());

    describe('append', () => appendContract(subject));
    describe('content', () => contentContract(subject, { adds }));
    describe('reading a stream', () => readStreamContract(subject));
    describe('reading the log', () => readAllContract(subject));
    describe('writing at once', () => concurrencyContract(subject));
    describe('following', () => followContract(subject));
    describe('aborting', () => abortContract(subject));
    describe('losing connections', () => reconnectContract(subject, cuttable));
  });
}
