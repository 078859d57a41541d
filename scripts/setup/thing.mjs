/**
 * One thing the course needs. Set-up and doctor both read the same list of them (things.mjs), so
 * that they cannot disagree.
 * @typedef {object} Finding
 * @property {boolean} ok
 * @property {string} detail what is there (version, place), or what is wrong
 * @property {string} [command] what the user types to mend it; `npm start` when not said
 *
 * @typedef {object} Thing
 * @property {string} name
 * @property {boolean} [optional] the course runs without it
 * @property {string} [takes] how long mending it may take, as measured
 * @property {() => Finding} check quick: start makes all of them in under a second
 * @property {() => Promise<void>} [mend] what set-up does about it; safe to be cut off anywhere
 * @property {() => Finding} [probe] slow and thorough, for the doctor: does it really work?
 */

export {};
