"""The command: `python -m allocation_engine.conformance URL --key KEY`. Status 0 if no step failed, else 1."""

import argparse
import os
import sys
from collections.abc import Sequence

import httpx

from allocation_engine.conformance.report import FAILED, closing, document, line_of, run
from allocation_engine.conformance.steps import Session

KEY, MANAGER_KEY = "ALLOCATION_ENGINE_KEY", "ALLOCATION_ENGINE_MANAGER_KEY"
TIMEOUT_SECONDS = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a setup and print what came of it."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if not asked.key:
        parser.error(f"give a system's key with --key or in {KEY}")
    headers = {"Authorization": f"Bearer {asked.key}"}
    out = sys.stdout.write
    with httpx.Client(base_url=asked.url, headers=headers, timeout=TIMEOUT_SECONDS) as http:
        session = Session(http, asked.manager_key)
        results = run(session, lambda result: None if asked.json else out(f"{line_of(result)}\n"))
    out(f"{document(results) if asked.json else closing(results)}\n")
    return 1 if any(one.outcome == FAILED for one in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m allocation_engine.conformance",
        description="Check step by step that your setup and the service work together. Run it against a sandbox: it sends "
        "events, under ids of its own that no other run uses, and takes them back at the end.",
    )
    parser.add_argument("url", metavar="URL", help="the service's address: what comes before /v1")
    parser.add_argument("--key", default=os.environ.get(KEY), help=f"a key of the role system; or set {KEY}")
    parser.add_argument(
        "--manager-key",
        default=os.environ.get(MANAGER_KEY),
        help=f"a manager's key, for the steps about decisions; or set {MANAGER_KEY}",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


if __name__ == "__main__":
    sys.exit(main())
