"""Commands about the store itself: rebuild, check-store."""

from rich.console import Console

from allocation_engine.interfaces.cli.options import JsonOption, StoreOption, existing_engine
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.failures import StoreFaulty
from allocation_engine.persistence.check import check_store as check
from projections import ALL


def rebuild(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Build every view anew from the first event. Views are copies: no event is changed or lost."""
    terminal = Terminal(as_json)
    positions: dict[str, int] = {}
    with existing_engine(store) as engine, terminal.progress() as progress:
        task = progress.add_task("Rebuilding", total=len(ALL))
        for projection in ALL:
            positions[projection.name] = engine.store.read_models.rebuild(projection)
            progress.update(task, advance=1)
    rows = [(name, str(position)) for name, position in positions.items()]
    terminal.answer(
        {"views": [{"name": name, "position": position} for name, position in positions.items()]},
        lambda console: console.print(table("Rebuilt", ("View", "Up to position"), rows, numbers=(1,))),
    )


def check_store(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Check that every event can be read, is filed rightly and stored once, and that every view equals a rebuild.

    Writes nothing. The exit status is 0 only if nothing is wrong.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        report = check(engine.store, ALL)
    document = {
        "sound": not report.faults,
        "events": report.events,
        "head": report.head,
        "faults": [
            {"code": one.code, "message": one.message, "position": one.position, "view": one.projection}
            for one in report.faults
        ],
    }

    def page(console: Console) -> None:
        if not report.faults:
            console.print(f"Sound: {report.events} events up to position {report.head}, {len(ALL)} views.")
            return
        rows = [(one.code, "" if one.position is None else str(one.position), one.message) for one in report.faults]
        console.print(table(f"{len(report.faults)} faults", ("Code", "Position", "What is wrong"), rows, numbers=(1,)))

    terminal.answer(document, page)
    if report.faults:
        raise StoreFaulty
