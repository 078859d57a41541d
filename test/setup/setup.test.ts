import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { readJson, sizeOf, writeWhole } from "../../scripts/setup/files.mjs";
import { faultOfNode } from "../../scripts/setup/node.mjs";
import { kernelSpec, root, venvPython } from "../../scripts/setup/paths.mjs";
import { choosePort, portIn } from "../../scripts/setup/port.mjs";
import { Problem } from "../../scripts/setup/problem.mjs";
import { askPython, findPython, python } from "../../scripts/setup/python.mjs";
import { run } from "../../scripts/setup/run.mjs";
import { things } from "../../scripts/setup/things.mjs";
import { which } from "../../scripts/setup/which.mjs";

let folder = "";
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "setup-test-"));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

/** An executable of the test's own, in `folder`. */
function program(name: string, text: string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

/** Runs a script of this clone, or of another. */
function script(name: string, env: NodeJS.ProcessEnv = {}, clone = root, args: string[] = []) {
  return spawnSync(process.execPath, [path.join(clone, "scripts", name), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

describe("Node", () => {
  it("20 and 22 are right; older and newer ones are refused by name and with the reason", () => {
    assert.equal(faultOfNode("20.11.0"), undefined);
    assert.equal(faultOfNode("22.21.1"), undefined);
    assert.match(faultOfNode("18.20.1")!, /Node 18\.20\.1.*20 or 22/);
    assert.match(faultOfNode("23.0.0")!, /Node 23\.0\.0.*tfjs-node/);
    assert.match(faultOfNode("24.1.0")!, /Node 24/);
  });
});

describe("Python", () => {
  const originalPython = process.env.PYTHON;
  afterEach(() => {
    if (originalPython === undefined) delete process.env.PYTHON;
    else process.env.PYTHON = originalPython;
  });

  it("a real one says its version and that it has venv", () => {
    const answer = findPython()!;
    assert.ok(answer.newEnough && answer.hasVenv, JSON.stringify(answer));
  });

  it("tells an old one, one without venv, and none apart", () => {
    assert.equal(askPython(program("old", "echo 3 9 18 1"))?.newEnough, false);
    assert.equal(askPython(program("bare", "echo 3 12 1 0"))?.hasVenv, false);
    assert.equal(askPython(program("broken", "exit 1")), undefined);
  });

  it("3.10 is newer than 3.9", () => {
    assert.equal(askPython(program("ten", "echo 3 10 0 1"))?.newEnough, true);
  });

  it("once there is a venv, a bad Python on PATH does not matter", () => {
    process.env.PYTHON = program("old", "echo 3 9 18 1");
    assert.equal(python.check().ok, true);
  });
});

describe("programs", () => {
  it("are found on PATH; folders and files that cannot run are no programs", () => {
    const original = process.env.PATH;
    fs.mkdirSync(path.join(folder, "chromium"));
    fs.writeFileSync(path.join(folder, "google-chrome"), "");
    const chrome = program("chrome", "exit 0");
    process.env.PATH = folder;
    try {
      assert.equal(which("chromium", "google-chrome", "chrome"), chrome);
      assert.equal(which("chromium", "google-chrome"), undefined);
    } finally {
      process.env.PATH = original;
    }
  });
});

describe("the port", () => {
  it("is read from JupyterLab's arguments in each way of writing it", () => {
    assert.equal(portIn(["--no-browser", "--port", "9000"]), 9000);
    assert.equal(portIn(["--port=9001"]), 9001);
    assert.equal(portIn(["--ServerApp.port=9002"]), 9002);
    assert.equal(portIn(["--no-browser"]), undefined);
    assert.throws(() => portIn(["--port", "http"]), /--port needs a number/);
    assert.throws(() => portIn(["--port"]), /--port needs a number/);
  });

  it("that is taken is refused in one line", async () => {
    const server = net.createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    await assert.rejects(choosePort(["--port", `${port}`]), new RegExp(`port ${port} is taken`));
    await new Promise((done) => server.close(done));
    assert.equal(await choosePort(["--port", `${port}`]), port);
  });
});

describe("files", () => {
  it("are written whole, into folders that need not exist", () => {
    const file = path.join(folder, "a/b.json");
    writeWhole(file, "12345");
    assert.equal(fs.readFileSync(file, "utf8"), "12345");
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ["b.json"]);
  });

  it("are measured through folders, links not counted", () => {
    writeWhole(path.join(folder, "a/b"), "12345");
    fs.symlinkSync("b", path.join(folder, "a/c"));
    assert.equal(sizeOf(folder), 5);
    assert.equal(sizeOf(path.join(folder, "none")), 0);
  });
});

describe("a command of the set-up", () => {
  it("returns its last lines", async () => {
    assert.equal(await run("say", "sh", ["-c", "echo one; echo two"]), "one\ntwo");
  });

  it("that fails is a Problem with its status and its last lines", async () => {
    await assert.rejects(run("npm ci", "sh", ["-c", "echo ENOTFOUND; exit 4"]), (error) => {
      assert.ok(error instanceof Problem);
      assert.match(error.message, /npm ci failed \(4\)/);
      assert.match(error.details, /ENOTFOUND/);
      return true;
    });
  });

  it("that is silent is given up, and so is what it started", async () => {
    const pidFile = path.join(folder, "pid");
    const endless = `sleep 60 & echo $! > ${pidFile}; wait`;
    await assert.rejects(
      run("download", "sh", ["-c", endless], { silence: 1 }),
      /given up after 1 s/,
    );
    const pid = Number(fs.readFileSync(pidFile, "utf8"));
    const state = spawnSync("ps", ["-o", "stat=", "-p", `${pid}`], {
      encoding: "utf8",
    }).stdout.trim();
    assert.ok(state === "" || state.startsWith("Z"), `process ${pid} still runs (${state})`);
  });

  it("whose pulse goes on is not given up", async () => {
    let beat = 0;
    const options = { silence: 1, pulse: () => beat++ };
    await run("compile", "sh", ["-c", "sleep 3"], options);
  });

  it("that does not exist is named", async () => {
    await assert.rejects(
      run("draw", "no-such-program", []),
      /draw: could not start no-such-program/,
    );
  });
});

describe("the wheel", () => {
  const MAKE = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name in ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "python/ops.py",
                 "include/tensorflow/c/c_api.h", "include/tsl/c/tsl_status.h", "include/Eigen/Core"):
        wheel.writestr("tensorflow/" + name, name)
`;
  const extractor = path.join(root, "scripts/setup/extract-wheel.py");
  const extract = (sha256: string) =>
    spawnSync(
      venvPython,
      [extractor, path.join(folder, "x.whl"), sha256, path.join(folder, "out")],
      {
        encoding: "utf8",
      },
    );

  it("gives its libraries and two folders of headers, and nothing else", () => {
    assert.equal(spawnSync(venvPython, ["-c", MAKE, path.join(folder, "x.whl")]).status, 0);
    const bytes = fs.readFileSync(path.join(folder, "x.whl"));
    assert.equal(extract(createHash("sha256").update(bytes).digest("hex")).status, 0);
    const files = fs.readdirSync(path.join(folder, "out"), {
      recursive: true,
      withFileTypes: true,
    });
    assert.deepEqual(
      files
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
      ["c_api.h", "libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "tsl_status.h"],
    );
  });

  it("with another SHA-256 is not opened", () => {
    assert.equal(spawnSync(venvPython, ["-c", MAKE, path.join(folder, "x.whl")]).status, 0);
    const { status, stdout } = extract("0".repeat(64));
    assert.equal(status, 3);
    assert.match(stdout, /SHA-256 is [0-9a-f]{64}, not 0{64}/);
    assert.equal(fs.existsSync(path.join(folder, "out")), false);
  });
});

/** A clone in which nothing is installed: the scripts and the lock file alone. */
function emptyClone(name: string): string {
  const clone = path.join(fs.realpathSync(folder), name);
  fs.cpSync(path.join(root, "scripts"), path.join(clone, "scripts"), { recursive: true });
  for (const file of ["package.json", "package-lock.json"])
    fs.copyFileSync(path.join(root, file), path.join(clone, file));
  return clone;
}

describe("the kernel's description", () => {
  const ask = (clone: string, code: string) => {
    const url = pathToFileURL(path.join(clone, "scripts/setup/kernelspec.mjs"));
    const program = `import { kernel } from "${url}"; ${code}`;
    return spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" })
      .stdout;
  };
  const check = "console.log(JSON.stringify(kernel.check()))";

  it("is written for this folder, and noticed to be wrong once the clone has moved", () => {
    const clone = emptyClone("here");
    assert.match(ask(clone, check), /not known to Jupyter/);
    assert.match(ask(clone, `await kernel.mend(); ${check}`), /"ok":true/);
    const moved = path.join(path.dirname(clone), "there");
    fs.renameSync(clone, moved);
    assert.match(ask(moved, check), /of another folder/);
    assert.match(ask(moved, `await kernel.mend(); ${check}`), /"ok":true/);
    const spec = readJson(path.join(moved, path.relative(root, kernelSpec)));
    assert.deepEqual(spec.argv, [
      process.execPath,
      path.join(moved, "kernel/launcher.cjs"),
      "--config-path={connection_file}",
    ]);
    assert.equal(spec.interrupt_mode, "signal");
    assert.deepEqual(spec.env, { TF_CPP_MIN_LOG_LEVEL: "2", TF_NUM_INTRAOP_THREADS: "1" });
  });
});

describe("the classroom's venv", () => {
  const check = (clone: string) => {
    const url = pathToFileURL(path.join(clone, "scripts/setup/venv.mjs"));
    const program = `import { classroom } from "${url}"; console.log(classroom.check().detail)`;
    return spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" })
      .stdout;
  };
  const lock = "classroom/requirements.txt";
  /** A clone with a venv whose Python only says its version, and whose nbgrader begins so. */
  function cloneWithVenv(name: string, begins: (python: string) => string): string {
    const clone = emptyClone(name);
    const text = fs.readFileSync(path.join(root, lock), "utf8");
    writeWhole(path.join(clone, lock), text);
    const folder = path.join(clone, ".venv-classroom");
    const python = path.join(folder, "bin/python");
    writeWhole(python, "#!/bin/sh\necho 3.11\n");
    fs.chmodSync(python, 0o755);
    writeWhole(path.join(folder, "bin/nbgrader"), `${begins(python)}\nimport sys\n`);
    const requirements = createHash("sha256").update(text).digest("hex");
    const stamp = JSON.stringify({ python: "3.11", requirements });
    writeWhole(path.join(folder, "attention-lab.json"), stamp);
    return clone;
  }

  for (const [what, begins] of [
    ["in their first line", (python: string) => `#!${python}`],
    ["behind a shell", (python: string) => `#!/bin/sh\n'''exec' ${python} "$0" "$@"\n' '''`],
    ["in quotes", (python: string) => `#!/bin/sh\n'''exec' "${python}" "$0" "$@"\n' '''`],
  ] as const) {
    it(`whose programs hold its path ${what} is noticed to be wrong once the clone has moved`, () => {
      const clone = cloneWithVenv("here", begins);
      assert.match(check(clone), /in \.venv-classroom \(Python 3\.11\)/);
      const moved = path.join(path.dirname(clone), "there");
      fs.renameSync(clone, moved);
      assert.match(check(moved), /the clone was moved or copied/);
    });
  }

  it("stays when no new one can be made, and goes when there is one", () => {
    const clone = cloneWithVenv("moved", () => "#!/nowhere/bin/python");
    const folder = path.join(clone, ".venv-classroom");
    const url = pathToFileURL(path.join(clone, "scripts/setup/venv.mjs"));
    const mend = (makes: string) => {
      const PYTHON = program("py", `[ "$1" = -m ] || { echo 3 11 4 1; exit; }\n${makes}`);
      const text = `import { classroom } from "${url}"; await classroom.mend()`;
      return spawnSync(process.execPath, ["--input-type=module", "-e", text], {
        env: { ...process.env, PYTHON },
      }).status;
    };
    const before = fs.readdirSync(folder, { recursive: true });
    const venvWhosePip = (does: string) =>
      `mkdir -p "$3/bin"; printf '#!/bin/sh\\n${does}' > "$3/bin/python"; chmod +x "$3/bin/python"`;
    for (const makes of ["exit 1", venvWhosePip("exit 1")]) {
      assert.notEqual(mend(makes), 0);
      assert.deepEqual(fs.readdirSync(folder, { recursive: true }), before);
      assert.match(check(clone), /the clone was moved or copied/);
    }
    // Cut off, it is half made, and the one before is beside it.
    fs.renameSync(folder, `${folder}.old`);
    fs.mkdirSync(folder);
    assert.notEqual(mend("exit 1"), 0);
    assert.deepEqual(fs.readdirSync(folder, { recursive: true }), before);
    assert.equal(mend(venvWhosePip("echo 3.11")), 0);
    assert.match(check(clone), /in \.venv-classroom \(Python 3\.11\)/);
    assert.equal(fs.existsSync(`${folder}.old`), false);
  });
});

describe("start", () => {
  it("on a Python that is too old or has no venv ends in one line, before any download", () => {
    const clone = emptyClone("fresh");
    for (const [answer, message] of [
      ["3 9 18 1", /^attention-lab: Python 3\.9\.18 .*too old; 3\.10 or newer.*\n$/],
      ["3 12 1 0", /^attention-lab: Python 3\.12\.1 .*without venv.*python3\.12-venv\n$/],
    ] as const) {
      const { status, stderr } = script(
        "start.mjs",
        { PYTHON: program("py", `echo ${answer}`) },
        clone,
      );
      assert.equal(status, 1);
      assert.match(stderr, message);
    }
    assert.equal(fs.existsSync(path.join(clone, "node_modules")), false);
  });

  it("with the port taken ends in one line, before any download", async () => {
    const server = net.createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = script("start.mjs", {}, emptyClone("fresh"), ["--port", `${port}`]);
    await new Promise((done) => server.close(done));
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^attention-lab: port ${port} is taken.*\\n$`));
  });
});

describe("doctor", () => {
  it("finds every thing that set-up knows, present here", () => {
    const { status, stdout } = script("doctor.mjs");
    assert.equal(status, 0, stdout);
    for (const { name } of things) assert.ok(stdout.includes(name), name);
    assert.match(stdout, /PyPI's wheel|own download/);
    assert.match(stdout, /The course runs here\.\n$/);
  });

  it("in an empty clone names each thing that is missing and npm start, and exits non-zero", () => {
    const { status, stdout } = script("doctor.mjs", {}, emptyClone("fresh"));
    assert.equal(status, 1, stdout);
    for (const name of [
      "Node packages",
      "JupyterLab",
      "Figures",
      "libtensorflow",
      "tfjs-node",
      "Kernel",
    ])
      assert.match(stdout, new RegExp(`MISSING  ${name} `), name);
    assert.match(stdout, /mend it with: npm start/);
    assert.match(stdout, /The course does not run here yet/);
  });

  it("says how to get what only some commands need, and is content without it", () => {
    const { status, stdout } = script("doctor.mjs", { PATH: folder, CHROMIUM: "" });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /without +Chromium[^]*mend it with: sudo apt-get install chromium/);
    assert.match(stdout, /without +Compiler[^]*build-essential/);
  });
});
