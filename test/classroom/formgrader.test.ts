import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, test } from "node:test";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.mjs";
import { findChromium, howToGetChromium } from "../../scripts/setup/chromium.mjs";
import { end, freePort } from "../browser/jupyterlab";
import { choose, openNotebook } from "../browser/notebook-page";

const root = path.resolve(__dirname, "../..");
const ASSIGNMENT = "1-scores";

/** Right but for the root: it has points, and a hint. */
const DIVIDED_BY_D = `import { dotProductScores } from "attention-lab";

function scaledScores(queries: number[][], keys: number[][]): number[][] {
  return dotProductScores(queries, keys).map((row) => row.map((score) => score / keys[0].length));
}`;
const HINT = /Hint: .*divide by d/;

/** Where the guide's pictures are; only written when asked for: `PICTURES=1 npm run test:classroom`. */
const PICTURES = process.env.PICTURES ? path.join(root, "classroom/images") : undefined;

interface Notebook {
  cells: { metadata: { nbgrader: { grade_id: string } }; source: string[] | string }[];
}

const skip = !findChromium() && process.env.CI !== "true" ? howToGetChromium : false;

describe("nbgrader's pages in JupyterLab", { skip, timeout: 300_000 }, () => {
  let folder = "";
  let address = "";
  let server: ChildProcess;
  let browser: Browser;
  let page: Page;
  let formgrader: FrameLocator;
  let log = "";

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "attention-lab-formgrader-"));
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    server = spawn(
      process.execPath,
      [
        ...["scripts/classroom.mjs", folder, "--no-browser", `--port=${port}`],
        "--LabApp.expose_app_in_browser=True",
      ],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
    );
    for (const stream of [server.stdout!, server.stderr!])
      stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
    await served(`${address}/api`);
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.setDefaultTimeout(60_000);
    await page.goto(await printedAddress()); // it logs in, and opens the formgrader
    await page.locator("#formgrader-iframe").waitFor();
    await page.goto(`${address}/lab?reset&formgrader=true`);
    formgrader = page.frameLocator("#formgrader-iframe iframe");
    await page.locator("#formgrader-iframe").waitFor();
    await page.keyboard.press("Control+b"); // without the file browser it has more room
  });

  after(async () => {
    await browser?.close();
    await end(server);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test("the formgrader makes and releases an assignment", async () => {
    await press(row(), "glyphicon-education");
    assert.ok(fs.existsSync(released("release")));
    await press(row(), "glyphicon-cloud-upload");
    assert.ok(fs.existsSync(released("exchange/attention-lab/outbound")));
  });

  test("it grades what was handed in", async () => {
    const right = answersIn(read(released("source")));
    submit("anna", { "answer-1-1": right["answer-1-1"], "answer-1-2": DIVIDED_BY_D });
    submit("bo", { "answer-1-1": right["answer-1-1"] });
    await page.reload();
    await picture("formgrader", () => row().getByRole("link", { name: "2" }).waitFor());
    await row().getByRole("link", { name: "2" }).click();
    for (const [student, marks] of [
      ["anna", /^4 \/ \d+$/],
      ["bo", /^3 \/ \d+$/],
    ] as const) {
      await press(row(student), "glyphicon-flash");
      await row(student).getByText(marks).waitFor();
    }
    await press(row("anna"), "glyphicon-comment");
  });

  test("the feedback shows points and hint", async () => {
    const file = path.join(folder, "feedback/anna", ASSIGNMENT, `${ASSIGNMENT}.html`);
    await page.goto(pathToFileURL(file).href);
    await page.getByText("Exercise 1.2: 1 of 3 points").waitFor();
    await picture("feedback", () => page.getByText(HINT).scrollIntoViewIfNeeded());
  });

  test("students see the same in their notebook", async () => {
    const answers = { "answer-1-2": DIVIDED_BY_D };
    fs.writeFileSync(path.join(folder, "own.ipynb"), answered(answers));
    await openNotebook(page, `${address}/lab/tree/own.ipynb?reset`);
    await choose(page, "Run", "Run All Cells");
    await picture("exercise", () => page.getByText(HINT).scrollIntoViewIfNeeded());
  });

  /** The formgrader's row of the assignment, or of a student. */
  function row(name = ASSIGNMENT) {
    return formgrader.locator("tbody tr", { hasText: name });
  }

  /** Presses the button with this sign, and the one that closes the message of success. */
  async function press(where: ReturnType<typeof row>, sign: string): Promise<void> {
    await where.locator(`.${sign}`).click();
    const message = formgrader.locator(".modal.in, .modal.show");
    await message.waitFor({ timeout: 120_000 });
    assert.match(await message.innerText(), /Success/);
    await message.getByRole("button", { name: "OK" }).click();
    await formgrader.locator(".modal-backdrop").waitFor({ state: "detached" });
  }

  function released(place: string): string {
    return path.join(folder, place, ASSIGNMENT, `${ASSIGNMENT}.ipynb`);
  }

  /** The students' version with these answers, as a file. */
  function answered(answers: Record<string, string[] | string>): string {
    const given = read(released("release"));
    for (const cell of given.cells)
      cell.source = answers[cell.metadata.nbgrader.grade_id] ?? cell.source;
    return JSON.stringify(given);
  }

  /** Puts a notebook where a student's is looked for. */
  function submit(student: string, answers: Record<string, string[] | string>): void {
    const file = path.join(folder, "submitted", student, ASSIGNMENT, `${ASSIGNMENT}.ipynb`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, answered(answers));
  }

  /** Waits until all is seen that shall be on it, and takes a picture where one is asked for. */
  async function picture(name: string, seen: () => Promise<void>): Promise<void> {
    await seen();
    if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
  }

  /** The address that a teacher finds in the terminal. */
  async function printedAddress(): Promise<string> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      const found = /^ *(http:\/\/127\.0\.0\.1:\S+)$/m.exec(log);
      if (found) return found[1];
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`npm run classroom printed no address:\n${log}`);
  }

  async function served(url: string): Promise<void> {
    for (const deadline = Date.now() + 90_000; Date.now() < deadline;) {
      if (server.exitCode !== null) break;
      if ((await fetch(url).catch(() => null))?.ok) return;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`npm run classroom did not answer:\n${log}`);
  }
});

function answersIn({ cells }: Notebook): Record<string, string[] | string> {
  return Object.fromEntries(
    cells.map(({ metadata, source }) => [metadata.nbgrader.grade_id, source]),
  );
}

function read(file: string): Notebook {
  return JSON.parse(fs.readFileSync(file, "utf8")) as Notebook;
}
