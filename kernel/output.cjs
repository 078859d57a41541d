/**
 * Nothing that a cell prints is lost. A ZeroMQ socket takes some hundred messages in one go and then
 * throws (EBUSY) until the event loop has turned. tslab does not wait: in a loop that prints, the
 * lines after that are gone, and with them the messages that tell the client the cell has ended.
 */
"use strict";

/** Sends at once while the socket takes it, and after that one message after the other. */
class Outbox {
  #socket;
  #last = Promise.resolve();
  #waiting = 0;

  /** @param {import("zeromq").Publisher} socket */
  constructor(socket) {
    this.#socket = socket;
  }

  /** @param {import("zeromq").MessageLike[]} frames */
  send(frames) {
    if (this.#waiting === 0) {
      try {
        return (this.#last = this.#socket.send(frames));
      } catch {
        // busy: this message waits for the one before it
      }
    }
    this.#waiting++;
    const sent = this.#last.then(() => this.#socket.send(frames));
    return (this.#last = sent.finally(() => this.#waiting--));
  }
}

/** Printed texts that leave one by one before the event loop turns; what follows is gathered. */
const BURST = 100;
/** How long gathered text may wait in a loop that never lets the event loop turn. */
const GATHER_MS = 100;

/**
 * What a cell prints. A loop that prints without end would send so many messages that the client is
 * still reading long after ■; its lines travel together instead.
 */
class Printer {
  #send;
  #burst = 0;
  #gathered = { name: "", text: "" };
  #lastSent = 0;

  /** @param {(name: string, text: string) => void} send sends a piece of text of a named stream */
  constructor(send) {
    this.#send = send;
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  print(name, text) {
    if (this.#burst === 0) setImmediate(() => this.#calm());
    if (++this.#burst <= BURST) return this.#send(name, text);
    if (name !== this.#gathered.name) this.flush();
    this.#gathered = { name, text: this.#gathered.text + text };
    if (Date.now() - this.#lastSent > GATHER_MS) this.flush();
  }

  /** Call it before anything else is sent, so that the order stays. */
  flush() {
    const { name, text } = this.#gathered;
    this.#gathered = { name: "", text: "" };
    this.#lastSent = Date.now();
    if (text) this.#send(name, text);
  }

  #calm() {
    this.#burst = 0;
    this.flush();
  }
}

module.exports = { Outbox, Printer };
