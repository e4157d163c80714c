"""Timefold and OptaPy, each in a process of an environment of their own: the problem goes in as JSON, the plan comes out."""

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.peers.instance import Instance, Take, units_of
from benchmarks.peers.judging import Answer

PACKAGES = {"timefold": "timefold==1.24.0b0", "optapy": "optapy==9.37.0b0"}
SCRIPTS = {name: Path(__file__).with_name(f"{name}_peer.py") for name in PACKAGES}
LONGER = 300.0
"""What a process may take beyond the time of its search, to start Java, read, translate and write [s]."""

MOST_OPTIONS = 400
"""Of one unit: pairs of primary worker and co-worker are cut off there, the lightest first."""


def install(folder: Path) -> None:
    """Make an environment in a folder and put both peers into it; Java 17 has to be there."""
    venv.create(folder, with_pip=True)
    subprocess.run([python_of(folder), "-m", "pip", "install", "--quiet", *PACKAGES.values()], check=True)


def python_of(folder: Path) -> Path:
    """Give the interpreter of an environment."""
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def installed(name: str, folder: Path | None) -> bool:
    """Say whether a peer is in an environment."""
    return folder is not None and any(folder.glob(f"[Ll]ib*/**/site-packages/{name}"))


def run(name: str, instance: Instance, seconds: float, seed: int, folder: Path | None) -> Answer:
    """Let a peer search for so long. Starting Java and translating its model are not counted against it."""
    if folder is None or not installed(name, folder):
        return Answer(missing="not installed")
    units, told = written(instance)
    with tempfile.TemporaryDirectory() as there:
        asked, answered = Path(there) / "problem.json", Path(there) / "plan.json"
        asked.write_text(json.dumps({**told, "seconds": seconds, "seed": seed}), encoding="utf-8")
        began = perf_counter()
        command = [str(python_of(folder).absolute()), str(SCRIPTS[name]), str(asked), str(answered)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=seconds + LONGER, cwd=there
            )
        except subprocess.TimeoutExpired:
            return Answer(missing=f"no answer {LONGER:g} s after its time", seconds=seconds + LONGER)
        taken = perf_counter() - began
        if done.returncode or not answered.exists():
            said = [line for line in done.stderr.splitlines() if line.strip()] or [f"ended with {done.returncode}"]
            return Answer(missing=f"failed: {said[-1][:160]}", seconds=taken)
        found = json.loads(answered.read_text(encoding="utf-8"))
    return _read(units, told, found, taken)


def _read(units: list[tuple[int, ...]], told: dict[str, Any], found: dict[str, Any], taken: float) -> Answer:
    primary: dict[int, int] = {}
    co_worker: dict[int, int] = {}
    for unit, chosen in enumerate(found["chosen"]):
        if chosen is not None:
            option = told["options"][chosen]
            primary |= dict.fromkeys(units[unit], option["primary"])
            co_worker |= dict.fromkeys(option["co_working"], option["co_worker"])
    note = f"started and ended in {taken - found['seconds']:.1f} s more; {found['score']}"
    return Answer(primary, co_worker, {}, found["seconds"], note=note)


def written(instance: Instance) -> tuple[list[tuple[int, ...]], dict[str, Any]]:
    """Write an instance as units and options: an option is everything that a unit's choice of people comes to.

    Siblings are one unit, all of whom are placed or none, since a search that moves one case at a time could not move
    them. A capacity that all options together cannot fill is left out.
    """
    units = units_of(instance)
    options: list[dict[str, Any]] = []
    shares: list[tuple[int, int, int]] = []
    counts: list[tuple[int, int, int]] = []
    area_names = sorted(set(instance.areas or ()))
    of_unit = []
    for number, unit in enumerate(units):
        found = list(islice(_options(instance, unit), MOST_OPTIONS))
        of_unit.append(range(len(options), len(options) + len(found)))
        for takes, co_worker in found:
            place = len(options)
            added: dict[int, int] = {}
            used: dict[int, int] = {}
            for take in takes:
                added[take.worker] = added.get(take.worker, 0) + take.added
                for key, amount in take.uses:
                    used[key] = used.get(key, 0) + amount
            shares += [(place, worker, more) for worker, more in added.items()]
            counts += [(place, key, amount) for key, amount in used.items()]
            options.append(
                {
                    "unit": number,
                    "primary": takes[0].worker,
                    "co_worker": co_worker,
                    "co_working": [c for c in unit if instance.needs_co_worker[c]],
                    "cases": len(unit),
                    "cost": sum(take.cost for take in takes),
                    "area": area_names.index(instance.areas[unit[0]]) if instance.areas else -1,
                }
            )
    wanted = [0] * len(instance.keys)
    for _, key, amount in counts:
        wanted[key] += amount
    return units, {
        "workers": [
            {"base": base, "minimum": minimum} for base, minimum in zip(instance.base, instance.minimum, strict=True)
        ],
        "units": [
            {"weights": [sum(instance.weights[c][level] for c in unit) for level in range(3)], "options": list(own)}
            for unit, own in zip(units, of_unit, strict=True)
        ],
        "options": options,
        "shares": shares,
        "keys": [key.room for key in instance.keys],
        "counts": [one for one in counts if wanted[one[1]] > instance.keys[one[1]].room],
        "must_place": instance.must_place,
        "has_cost": instance.has_cost,
        "one_area": instance.areas is not None,
    }


def _options(instance: Instance, unit: tuple[int, ...]) -> Iterator[tuple[list[Take], int]]:
    by_worker = [{take.worker: take for take in instance.primary[c]} for c in unit]
    needing = [c for c in unit if instance.needs_co_worker[c]]
    co_workers = [{take.worker: take for take in instance.co_worker[c]} for c in needing]
    everybody = sorted(set.intersection(*(set(one) for one in by_worker)))
    others = sorted(set.intersection(*(set(one) for one in co_workers))) if needing else [-1]
    pairs = [(worker, other) for worker, other in product(everybody, others) if worker != other]
    if needing and len(pairs) > MOST_OPTIONS:
        pairs.sort(key=lambda pair: (instance.base[pair[0]] + instance.base[pair[1]], pair))
    for worker, other in pairs:
        takes = [one[worker] for one in by_worker] + [one[other] for one in co_workers]
        wanted: dict[int, int] = {}
        for take in takes:
            for key, amount in take.uses:
                wanted[key] = wanted.get(key, 0) + amount
        if all(amount <= instance.keys[key].room for key, amount in wanted.items()):
            yield takes, other
