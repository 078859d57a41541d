/**
 * What the kernel says to Jupyter. tslab's server knows most messages; here cells are run one after
 * the other, their failures are told, and interrupt and shutdown requests are obeyed.
 * Protocol: https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
"use strict";

const { setTimeout: sleep } = require("node:timers/promises");
const { ZmqServer } = require("tslab/dist/jupyter");
const { beginCell } = require("./cells.cjs");
const { failureOf } = require("./errors.cjs");
const { Outbox, Printer } = require("./output.cjs");

/** @typedef {import("./errors.cjs").Failure} Failure */
/** @typedef {Parameters<ZmqServer["publishStatus"]>[1]} Message tslab's message, a class it keeps to itself */
/** @typedef {import("zeromq").Router} Socket */
/** @typedef {import("tslab/dist/jupyter").JupyterHandlerImpl} Handler */

const DELIMITER = Buffer.from("<IDS|MSG>");
/** Requests sent before the client could know of a failure have arrived after this time. */
const STRAGGLERS_MS = 50;
/** Time for the last messages to leave the sockets. */
const FAREWELL_MS = 100;

class CourseServer extends ZmqServer {
  /** The cells wait for each other here. */
  #queue = Promise.resolve();
  /** Execute requests are numbered as they arrive. */
  #arrived = 0;
  #running = 0;
  /** Requests up to this number are not run: one before them failed. */
  #abortedUpTo = 0;
  /** @type {{ fromRaw(key: string, frames: Buffer[]): Message } | undefined} */
  #Message;
  /** @type {Outbox | undefined} */
  #outbox;
  #handler;
  #interrupts;

  /**
   * @param {Handler} handler
   * @param {string} configPath
   * @param {import("./interrupts.cjs").Interrupts} interrupts
   */
  constructor(handler, configPath, interrupts) {
    super(handler, configPath);
    this.#handler = handler;
    this.#interrupts = interrupts;
    this.#liftSendLimit();
  }

  /** ZeroMQ drops what goes beyond 1000 waiting messages; the limit is fixed once a socket is bound. */
  #liftSendLimit() {
    const bind = this["bindSocket"].bind(this);
    Object.defineProperty(this, "bindSocket", {
      /** @type {(socket: import("zeromq").Socket, port: number) => Promise<void>} */
      value: (socket, port) => {
        if (socket === this.iopub) this.iopub.sendHighWaterMark = 0;
        return bind(socket, port);
      },
    });
  }

  /**
   * Cells are run in the order they came in; all else is answered at once, also while a cell awaits.
   * @override
   * @param {Socket} socket
   * @param {Buffer[]} frames
   */
  async handleShellMessage(socket, ...frames) {
    const type = messageType(frames);
    if (type === "interrupt_request") return this.#handleInterrupt(socket, frames);
    if (type !== "execute_request") return super.handleShellMessage(socket, ...frames);
    const number = ++this.#arrived;
    this.#queue = this.#queue
      .then(() => {
        this.#running = number;
        return super.handleShellMessage(socket, ...frames);
      })
      .catch((error) => console.error("The kernel could not answer:", error));
    return this.#queue;
  }

  /**
   * Runs one cell and tells how it went.
   * @override
   * @param {Socket} socket
   * @param {Message} request
   */
  async handleExecute(socket, request) {
    if (this.#running <= this.#abortedUpTo) {
      return this.#send(socket, request, "execute_reply", { status: "aborted" });
    }
    const content = /** @type {Parameters<Handler["handleExecute"]>[0]} */ (request.content);
    const execution_count = this.#handler["execCount"] + 1;
    this.#publish(request, "execute_input", { code: content.code, execution_count });
    const failure = await this.#run(content, execution_count, request);
    // src/display/kernel.ts reads it: after a cell that failed, variables have their older values.
    Reflect.set(globalThis, Symbol.for("attention-lab: last cell failed"), failure !== undefined);
    if (!failure) {
      const ok = { status: "ok", execution_count, user_expressions: {}, payload: [] };
      return this.#send(socket, request, "execute_reply", ok);
    }
    this.#publish(request, "error", failure);
    if (content.stop_on_error ?? true) {
      await sleep(STRAGGLERS_MS);
      this.#abortedUpTo = this.#arrived;
    }
    this.#send(socket, request, "execute_reply", { status: "error", execution_count, ...failure });
  }

  /**
   * tslab's handler sends what the cell prints and displays; undefined if all went well.
   * @param {Parameters<Handler["handleExecute"]>[0]} content
   * @param {number} count
   * @param {Message} request
   * @returns {Promise<Failure | undefined>}
   */
  async #run(content, count, request) {
    const printer = new Printer((name, text) => this.#publish(request, "stream", { name, text }));
    /** @type {Parameters<Handler["handleExecute"]>[1]} */
    const print = (name, text) => printer.print(name, text);
    /** @type {Parameters<Handler["handleExecute"]>[2]} */
    const display = (data, update) => {
      printer.flush();
      this.#publish(request, update ? "update_display_data" : "display_data", data);
    };
    const cell = beginCell(count, content.code);
    try {
      await this.#interrupts.during(() =>
        this.#handler["handleExecuteImpl"](content, print, display),
      );
      // What is wrong in a `/** @module name */` cell is no failure to tslab: the module exists.
      for (const report of cell.reports) console.error(...report);
      return undefined;
    } catch (error) {
      return failureOf(cell, error);
    } finally {
      printer.flush();
    }
  }

  /**
   * tslab leaves out the status, which the protocol requires.
   * @override
   * @param {Socket} socket
   * @param {Message} request
   */
  handleKernelInfo(socket, request) {
    const info = { status: "ok", ...this.#handler.handleKernel() };
    this.#send(socket, request, "kernel_info_reply", info);
  }

  /**
   * Clients whose kernelspec says `interrupt_mode: message` ask instead of sending SIGINT.
   * @param {Socket} socket
   * @param {Buffer[]} frames
   */
  #handleInterrupt(socket, frames) {
    const request = this.#Message?.fromRaw(this.connInfo.key, frames);
    if (!request) return; // nothing was ever asked of this kernel: nothing to interrupt
    this.publishStatus("busy", request);
    this.#interrupts.interrupt();
    this.#send(socket, request, "interrupt_reply", { status: "ok" });
    this.publishStatus("idle", request);
  }

  /**
   * tslab only closes its sockets: a timer or a training would keep the process, and its memory.
   * @override
   * @param {Socket} socket
   * @param {Message} request
   */
  handleShutdown(socket, request) {
    this.#send(socket, request, "shutdown_reply", { status: "ok", ...request.content });
    setTimeout(endProcessGroup, FAREWELL_MS);
  }

  /**
   * `handleShutdown` ends the process, which closes everything.
   * @override
   */
  close() {}

  /**
   * The first thing that tslab does with any message: the place to learn its class.
   * @override
   * @param {string} status
   * @param {Message} request
   */
  publishStatus(status, request) {
    this.#Message ??= Object.getPrototypeOf(request).constructor;
    this.#publish(request, "status", { execution_state: status });
  }

  /**
   * Tells all clients.
   * @param {Message} request
   * @param {string} type
   * @param {object} content
   */
  #publish(request, type, content) {
    this.#outbox ??= new Outbox(this.iopub);
    this.#send(this.#outbox, request, type, content);
  }

  /**
   * @param {Socket | Outbox} socket
   * @param {Message} request
   * @param {string} type
   * @param {object} content
   */
  #send(socket, request, type, content) {
    const message = request.createReply();
    message.header.msg_type = type;
    message.content = content;
    message.signAndSend(this.connInfo.key, socket);
  }
}

/**
 * The type of a message on the wire: its header follows the delimiter and the signature.
 * @param {Buffer[]} frames
 * @returns {string}
 */
function messageType(frames) {
  const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
  return JSON.parse(frames[delimiter + 2].toString()).msg_type;
}

/** Jupyter starts a kernel as the leader of a process group: what it started ends with it. */
function endProcessGroup() {
  process.on("SIGTERM", () => {}); // we are in the group too
  try {
    process.kill(-process.pid, "SIGTERM");
  } catch {
    // not the leader of a group
  }
  process.exit(0);
}

/** When Jupyter is killed nobody asks its kernels to end: some hundred MB each would stay behind. */
function endWithParent() {
  const atStart = process.ppid;
  // Jupyter may have been killed while we were loading: then whoever takes in orphans is our parent.
  const jupyter = Number(process.env.JPY_PARENT_PID ?? atStart);
  const orphaned = () =>
    process.ppid !== atStart || (process.ppid === 1 && jupyter !== process.ppid);
  setInterval(() => {
    if (orphaned()) endProcessGroup();
  }, 1000).unref();
}

module.exports = { CourseServer, endWithParent };
