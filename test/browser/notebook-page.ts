import type { Page } from "playwright-core";

/** A notebook as the page holds it: what the test asks of JupyterLab's own objects. */
interface LabCell {
  model: {
    type: string;
    executionState?: string;
    executionCount?: number | null;
    toJSON(): { outputs?: CellOutput[] };
  };
}
interface LabWindow {
  jupyterapp?: {
    shell: {
      currentWidget?: {
        content: { widgets: LabCell[] };
        sessionContext?: { session?: { kernel?: { status: string } } };
      };
    };
  };
}

export interface CellOutput {
  output_type: string;
  name?: string;
  text?: string;
  data?: Record<string, unknown>;
}

/**
 * Opens a notebook and waits until its kernel is ready: a cell that is run earlier makes JupyterLab
 * ask for a kernel.
 */
export async function openNotebook(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(
    () => {
      const widget = (globalThis as LabWindow).jupyterapp?.shell.currentWidget;
      return widget?.sessionContext?.session?.kernel?.status === "idle";
    },
    null,
    { timeout: 60_000 },
  );
}

/** Chooses an entry of JupyterLab's menu bar, by what a reader sees. */
export async function choose(page: Page, menu: string, entry: string): Promise<void> {
  await page.locator(".lm-MenuBar-item", { hasText: new RegExp(`^${menu}$`) }).click();
  await page
    .locator(".lm-Menu-item", { has: page.locator(`.lm-Menu-itemLabel:text-is("${entry}")`) })
    .click();
}

/** Waits until every cell that was asked to run has run. */
export async function allRun(page: Page, timeout: number): Promise<void> {
  await page.waitForFunction(
    () => {
      const { widgets } = (globalThis as LabWindow).jupyterapp!.shell.currentWidget!.content;
      const code = widgets.filter((cell) => cell.model.type === "code");
      return (
        code.some((cell) => cell.model.executionCount) &&
        code.every((cell) => cell.model.executionState !== "running")
      );
    },
    null,
    { timeout, polling: 200 },
  );
}

/** The outputs of all code cells, by cell. */
export function outputs(page: Page): Promise<CellOutput[][]> {
  return page.evaluate(() => {
    const { widgets } = (globalThis as LabWindow).jupyterapp!.shell.currentWidget!.content;
    return widgets
      .filter((cell) => cell.model.type === "code")
      .map((cell) => cell.model.toJSON().outputs ?? []);
  });
}
