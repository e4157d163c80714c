"""Every task of this project, with the standard library alone: `python3 tasks.py run`, `test`, `check` and the rest."""

import contextlib
import hashlib
import itertools
import os
import socket
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed"
DEMONSTRATION = ROOT / "data" / "demonstration.sqlite"
PACKAGES = ("domain", "projections", "allocation_engine")
PUBLIC_INSTANCES = ROOT.parent / "shared" / "benchmarks"
BENCHMARKS: dict[str, tuple[str, ...]] = {
    "append_and_rebuild": (),
    "rebuild_load": (),
    "following": (),
    "allocate": ("--shape", "team", "service", "--seconds", "10"),
    "peers": ("--shape", "team", "--seconds", "5"),
    "nursing_workload": (str(PUBLIC_INSTANCES / "nursing_workload"), "--seconds", "5"),
    "gap": (str(PUBLIC_INSTANCES / "gap"), "--seconds", "5"),
    "http_load": ("--seconds", "10"),
    "http_chaos": ("--seconds", "10"),
    "http_kill": ("--rounds", "3"),
    "desk_pages": ("--workers", "15", "--loads", "5"),
}
"""Each benchmark and how its short form is called; what is given beside it counts instead."""

ASSETS = {
    "govuk-frontend": "6.3.0",
    "@ministryofjustice/frontend": "11.1.0",
    "htmx.org": "2.0.11",
    "sass": "1.108.2",
}
"""What the desk's pages are made with. GOV.UK Frontend is the version that govuk-frontend-jinja follows."""

VENDORED = """Made by `python3 tasks.py assets` from these packages; not to be edited by hand.
GOV.UK Frontend and MoJ Frontend: MIT licence, Crown copyright. htmx: 0BSD licence. sass compiles and is not shipped.

"""


def call(*command: str | Path, **environment: str) -> None:
    """Run a command in the project's folder and stop where it fails."""
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env={**os.environ, **environment}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def setup(_: list[str]) -> None:
    """Make .venv and install what requirements.lock pins, hashes checked. Does nothing if that is done."""
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        return
    print("Setting up .venv (once; a minute or two) …", flush=True)
    venv.create(VENV, clear=True, with_pip=False)
    # The pip that came with Python installs into .venv, so that the environment needs no ensurepip.
    pip = (sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "--disable-pip-version-check")
    # The lock is complete. Left to resolve it again, an older pip asks for a pin where a package wants an extra of another.
    call(*pip, "--no-deps", "--require-hashes", "--requirement", LOCK)
    call(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    print("Compiling the searches (once; a minute or two more) …", flush=True)
    call(PYTHON, "-m", "allocation_engine.optimiser.compile_ahead")
    STAMP.write_text(wanted, "utf-8")


def run(arguments: list[str]) -> None:
    """Show the engine at work: a made-up service and the manager's desk over it, until Ctrl-C (--port N; 8000 if it is free)."""
    setup([])
    port = int(arguments[1]) if arguments[:1] == ["--port"] and len(arguments) > 1 else _free_port()
    DEMONSTRATION.parent.mkdir(exist_ok=True)
    store = {"ALLOCATION_ENGINE_STORE": f"sqlite:///{DEMONSTRATION.relative_to(ROOT).as_posix()}"}
    engine, address = (PYTHON, "-m", "allocation_engine"), f"http://127.0.0.1:{port}"
    if not DEMONSTRATION.exists():
        call(*engine, "generate", "--seed", "1", **store)
        for command in (("load",), ("propose", "--by", "demonstration")):
            print(flush=True)
            call(*engine, *command, **store)
    print(
        f"\nThe same over the command line: export ALLOCATION_ENGINE_STORE={store['ALLOCATION_ENGINE_STORE']}, then"
        f"\n{(BIN / 'allocation-engine').relative_to(ROOT)} --help. Your own workbook goes into a store of its own:"
        "\nimport annex-a FILE --store sqlite:///data/ours.sqlite"
        f"\n\nThe desk is at {address}/desk; Ctrl-C ends it, and what you did there is kept. Sign in, once, with this link:\n",
        flush=True,
    )
    call(*engine, "sign-in-link", "--for", "demonstration-manager", "--at", address, **store)
    print(flush=True)
    # What serves is not told of Ctrl-C twice: it hears it itself, finishes what is in flight and ends.
    served = subprocess.Popen(list(map(str, (*engine, "serve", "--port", port))), cwd=ROOT, env={**os.environ, **store})
    while served.poll() is None:
        with contextlib.suppress(KeyboardInterrupt):
            served.wait()
    sys.exit(max(served.returncode, 0))


def _free_port() -> int:
    """Give 8000, or another port where something listens there already."""
    for wanted in (8000, 0):
        with socket.socket() as trial, contextlib.suppress(OSError):
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(("127.0.0.1", wanted))
            return int(trial.getsockname()[1])
    return 8000


def test(arguments: list[str]) -> None:
    """Run every test, PostgreSQL included; what follows is handed to pytest (--campaign runs the long ones)."""
    setup([])
    call(PYTHON, "-m", "pytest", *(arguments or ("--numprocesses", "auto")))


def check(_: list[str]) -> None:
    """Run ruff, mypy --strict and import-linter."""
    setup([])
    call(BIN / "ruff", "check", ".")
    call(BIN / "ruff", "format", "--check", ".")
    call(PYTHON, "-m", "mypy")
    call(BIN / "lint-imports", "--no-cache")


def fmt(_: list[str]) -> None:
    """Format the code and sort its imports."""
    setup([])
    call(BIN / "ruff", "check", "--fix", "--quiet", ".")
    call(BIN / "ruff", "format", ".")


def bench(arguments: list[str]) -> None:
    """Run the benchmarks in short form, or those that are named first; options are handed to each (benchmarks/README.md)."""
    setup([])
    named = tuple(itertools.takewhile(BENCHMARKS.__contains__, arguments))
    for benchmark in named or BENCHMARKS:
        print(f"\n{benchmark}\n", flush=True)
        short = BENCHMARKS[benchmark]
        if str(PUBLIC_INSTANCES / benchmark) in short and not (PUBLIC_INSTANCES / benchmark).is_dir():
            print(
                f"left out: no public instances in {PUBLIC_INSTANCES}; python -m benchmarks.{benchmark} --help says more"
            )
            continue
        call(PYTHON, "-m", f"benchmarks.{benchmark}", *short, *arguments[len(named) :])


def lock(_: list[str]) -> None:
    """Pin the dependencies anew, with hashes and without addresses (needs uv on the path)."""
    options = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet")
    call("uv", "pip", "compile", "pyproject.toml", "--group", "dev", *options, "--upgrade", "--output-file", LOCK)


def assets(_: list[str]) -> None:
    """Fetch and compile what the desk's pages look like (maintainers only; needs node). Users get it with the package."""
    web, build = ROOT / "allocation_engine" / "interfaces" / "web", ROOT / "build" / "assets"
    build.mkdir(parents=True, exist_ok=True)
    packages = [f"{name}@{version}" for name, version in ASSETS.items()]
    call("npm", "install", "--prefix", build, "--no-save", "--no-audit", "--no-fund", "--silent", *packages)
    sass = ("npx", "--prefix", build, "sass", "--style=compressed", "--no-source-map", "--quiet-deps")
    call(*sass, f"--load-path={build}", web / "assets" / "desk.scss", web / "static" / "desk.css")
    found = build / "node_modules"
    for file in (found / "govuk-frontend/dist/govuk/govuk-frontend.min.js", found / "htmx.org/dist/htmx.min.js"):
        text = file.read_text("utf-8").partition("//# sourceMappingURL")[0]
        (web / "static" / file.name).write_text(text, "utf-8")
    listed = "".join(f"{name} {version}\n" for name, version in ASSETS.items())
    (web / "static" / "VENDORED.txt").write_text(VENDORED + listed, "utf-8")


TASKS: dict[str, Callable[[list[str]], None]] = {
    task.__name__: task for task in (run, test, check, fmt, bench, setup, lock, assets)
}


def main() -> None:
    """Run the task that is named."""
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in TASKS:
        print("python3 tasks.py TASK\n")
        for task in TASKS.values():
            print(f"  {task.__name__:6} {task.__doc__}")
        sys.exit(0 if name in {"help", "--help", "-h"} else 2)
    TASKS[name](arguments)


if __name__ == "__main__":
    main()
