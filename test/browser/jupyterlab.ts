import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";

export const root = resolve(__dirname, "../..");

/** A running JupyterLab. */
export interface JupyterLab {
  /** The address at which a notebook of the folder `notebooks` opens in a fresh workspace. */
  urlOf(name: string): string;
  stop(): Promise<void>;
}

/** A cell of a notebook that a test writes itself. */
export interface Cell {
  type: "code" | "markdown";
  source: string;
}

/**
 * Starts the project's own JupyterLab, on a free port, in a copy of the clone.
 *
 * The browser runs and saves notebooks, which must not touch the committed ones: the copy has its
 * own `notebooks`, and links to everything else, so that a notebook finds what it finds at home.
 *
 * @param added Notebooks to add to the copy: names and cells.
 */
export async function startJupyterLab(added: Record<string, Cell[]>): Promise<JupyterLab> {
  await mkdir(join(root, ".cache"), { recursive: true });
  const copy = await mkdtemp(join(root, ".cache", "browser-test-"));
  for (const entry of await readdir(root)) {
    if (![".cache", ".git", "notebooks"].includes(entry)) {
      await symlink(join(root, entry), join(copy, entry));
    }
  }
  await cp(join(root, "notebooks"), join(copy, "notebooks"), { recursive: true });
  for (const [name, cells] of Object.entries(added)) {
    await writeFile(join(copy, "notebooks", name), notebookOf(cells));
  }
  const port = await freePort();
  const server = spawnServer(copy, port);
  let log = "";
  server.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const stop = async () => {
    await end(server);
    await rm(copy, { recursive: true, force: true });
  };
  try {
    await answered(`http://127.0.0.1:${port}/api`, server, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/lab/tree/notebooks/${name}?reset`,
    stop,
  };
}

function spawnServer(folder: string, port: number): ChildProcess {
  const state = (name: string) => join(folder, ".jupyter-test", name);
  return spawn(
    join(root, ".venv/bin/jupyter-lab"),
    [
      "--no-browser",
      "--allow-root",
      `--port=${port}`,
      "--ServerApp.port_retries=0",
      `--ServerApp.root_dir=${folder}`,
      "--IdentityProvider.token=",
      "--PasswordIdentityProvider.hashed_password=",
      "--LabApp.news_url=None",
      "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
      "--LabApp.extension_manager=readonly",
      "--LabApp.expose_app_in_browser=True", // lets the test ask whether all cells have run
    ],
    {
      cwd: folder,
      // The settings, workspaces and signatures of the person who runs the test stay out of it.
      env: {
        ...process.env,
        JUPYTER_CONFIG_DIR: state("config"),
        JUPYTER_DATA_DIR: state("data"),
        JUPYTER_RUNTIME_DIR: state("runtime"),
        JUPYTERLAB_SETTINGS_DIR: state("settings"),
        JUPYTERLAB_WORKSPACES_DIR: state("workspaces"),
      },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
}

function notebookOf(cells: Cell[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } },
    cells: cells.map(({ type, source }, i) => ({
      id: `cell-${i}`,
      cell_type: type,
      metadata: {},
      source,
      ...(type === "code" && { execution_count: null, outputs: [] }),
    })),
  });
}

/** Asks the server to end, which ends its kernels too, and waits until it has. */
export async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((done) => server.once("exit", done));
  server.kill("SIGTERM");
  const timer = setTimeout(() => server.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(timer);
}

async function answered(url: string, server: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`JupyterLab ended by itself:\n${log()}`);
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`JupyterLab did not answer within 60 s:\n${log()}`);
}

/** A port of this machine that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
