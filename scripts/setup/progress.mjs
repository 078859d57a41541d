const EVERY_MS = 10_000;
const interactive = process.stdout.isTTY === true;

/**
 * Shows how a long step gets on: on a terminal one line that is rewritten, elsewhere (a log) a new
 * line every ten seconds.
 */
export class Progress {
  #begun = Date.now();
  #said = Date.now();
  #note = "";
  #timer = setInterval(() => this.#show(), interactive ? 500 : 1000);

  /** What to say with the elapsed time, such as "34 % of 207 MB". */
  note(/** @type {string} */ text) {
    this.#note = text;
  }

  #show() {
    const seconds = Math.round((Date.now() - this.#begun) / 1000);
    const line = `      ${seconds} s${this.#note ? ` · ${this.#note}` : ""}`;
    if (interactive) process.stdout.write(`\r\x1b[K${line.slice(0, process.stdout.columns - 1)}`);
    else if (Date.now() - this.#said >= EVERY_MS) {
      this.#said = Date.now();
      console.log(line);
    }
  }

  /** Stops; returns the seconds gone by. */
  end() {
    clearInterval(this.#timer);
    if (interactive) process.stdout.write("\r\x1b[K");
    return (Date.now() - this.#begun) / 1000;
  }
}
