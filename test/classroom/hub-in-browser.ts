// What test_hub.py lets a teacher and two students do in a real browser; each has logged in with a
// password. Standard input is a Lesson; the exit status says whether all of it could be done.
import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import type { Browser, Locator, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.mjs";

interface Person {
  name: string;
  password: string;
}
interface Student extends Person {
  /** What to write into cells: by their number in the notebook, from 0. */
  answers: { cell: number; code: string }[];
  /** What the student reads below one of the answers when all cells have run. */
  reads: string;
}
interface Lesson {
  url: string;
  assignment: string;
  teacher: Person;
  students: Student[];
}

const PATIENCE = 120_000; // the machine may be busy

async function login(browser: Browser, url: string, { name, password }: Person): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 960 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${url}/hub/login`);
  await page.fill("#username_input", name);
  await page.fill("#password_input", password);
  await page.click("#login_submit");
  await page.waitForURL(`**/user/${name}/lab**`);
  await page.locator('.lm-MenuBar-item:has-text("Nbgrader")').waitFor();
  return page;
}

/** Chooses an entry of JupyterLab's menu bar. */
async function choose(page: Page, menu: string, entry: string): Promise<void> {
  await page.locator(".lm-MenuBar-item", { hasText: new RegExp(`^${menu}$`) }).click();
  await page.locator(`.lm-Menu-itemLabel:text-is("${entry}")`).click();
}

/** Clicks on something in formgrader's table, and reads what it then says about it. */
async function press(page: Page, button: Locator): Promise<void> {
  await button.click();
  const words = await page.locator(".modal-dialog .modal-body").innerText();
  assert.match(words, /Success/, words);
  await page.reload(); // a click on OK is lost while the message still fades in
}

/**
 * The assignment's row in nbgrader's page for teachers. In a tab of its own: JupyterHub forbids a
 * page to hold another one in a frame, as JupyterLab would.
 */
async function assignmentRow(page: Page, { url, teacher, assignment }: Lesson): Promise<Locator> {
  await page.goto(`${url}/user/${teacher.name}/formgrader`);
  return page.locator("tr", { has: page.locator(`td.name:has-text("${assignment}")`) });
}

async function release(page: Page, lesson: Lesson): Promise<void> {
  const row = await assignmentRow(page, lesson);
  await press(page, row.locator("td.assign a"));
  await press(page, row.locator("td.release a").first());
}

/** Collects, grades, and gives feedback. */
async function grade(page: Page, lesson: Lesson): Promise<void> {
  let row = await assignmentRow(page, lesson);
  await press(page, row.locator("td.collect a"));
  await row.locator("td.num-submissions a").click();
  for (const { name } of lesson.students) {
    await press(page, page.locator("tr", { hasText: name }).locator("td.autograde a"));
  }
  row = await assignmentRow(page, lesson);
  await press(page, row.locator("td.generate-feedback a").first());
  await press(page, row.locator("td.release-feedback a").first());
}

async function write(page: Page, cell: number, code: string): Promise<void> {
  const editor = page.locator(`.jp-Notebook [data-windowed-list-index="${cell}"] .cm-content`);
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(code);
}

/** Fetches the assignment, writes the answers, reads the verdict, and hands in. */
async function work(page: Page, { url, assignment }: Lesson, student: Student): Promise<void> {
  await choose(page, "Nbgrader", "Assignment List");
  await page.locator('button:text-is("Fetch")').click();
  await page.locator('button:text-is("Submit")').waitFor();
  await page.goto(`${url}/user/${student.name}/lab/tree/${assignment}/${assignment}.ipynb`);
  await page.locator("#jp-main-statusbar", { hasText: "| Idle" }).waitFor();
  for (const { cell, code } of student.answers) await write(page, cell, code);
  await choose(page, "Run", "Run All Cells");
  await page.locator(".jp-OutputArea-output", { hasText: student.reads }).first().waitFor();
  await choose(page, "File", "Save Notebook");
  await choose(page, "Nbgrader", "Assignment List");
  await page.locator('button:text-is("Submit")').click();
  await page.locator('button:text-is("Fetch Feedback")').waitFor();
}

async function fetchFeedback(page: Page): Promise<void> {
  await page.locator('button:text-is("Fetch Feedback")').click();
  await page.locator('a:has-text("view feedback")').waitFor();
}

async function main(): Promise<void> {
  const lesson = JSON.parse(await text(process.stdin)) as Lesson;
  const browser = await launchChromium();
  const desks = new Map<string, Page>();
  const done = (what: string) => console.log(`✓ ${what}`);
  try {
    for (const person of [lesson.teacher, ...lesson.students]) {
      desks.set(person.name, await login(browser, lesson.url, person));
      done(`${person.name} has logged in`);
    }
    const desk = ({ name }: Person) => desks.get(name)!;
    await release(desk(lesson.teacher), lesson);
    done("the teacher has released the assignment");
    for (const student of lesson.students) {
      await work(desk(student), lesson, student);
      done(`${student.name} has worked and submitted`);
    }
    await grade(desk(lesson.teacher), lesson);
    done("the teacher has collected, graded, and released feedback");
    for (const student of lesson.students) {
      await fetchFeedback(desk(student));
      done(`${student.name} has the feedback`);
    }
  } catch (error) {
    for (const [name, page] of desks) {
      await page.screenshot({ path: `.cache/screenshots/hub-${name}.png` });
    }
    throw error;
  } finally {
    await browser.close();
  }
}

void main();
