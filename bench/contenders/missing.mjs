/** What keeps a contender from being measured. */

/** It is not there; `install` is the line that brings it. */
export const missing = (install) => ({ version: null, install });

/** This build cannot do the work; the message says why. */
export class NotAvailable extends Error {}
