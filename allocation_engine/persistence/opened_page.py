"""A page of the log in columns with what is sealed opened: columns are cut from the plain text of events."""

import polars as pl

from allocation_engine.persistence.keys.sealing import SEALED_AT
from allocation_engine.persistence.mapper import RecordMapper
from domain.errors import DomainError
from projections.column_fold import LogColumns


def opened_page(page: LogColumns, mapper: RecordMapper) -> LogColumns:
    """Give a page with every event as it would be stored plain; what does not open stays as it is, to stop its reader."""
    if mapper.sealing is None:
        return page
    perhaps = page["data"].bin.contains(SEALED_AT)
    if not perhaps.any():
        return page
    types, data = page["type"].to_list(), page["data"].to_list()
    for place in perhaps.arg_true().to_list():
        types[place], data[place] = _opened(mapper, types[place], data[place])
    return page.with_columns(pl.Series("type", types, pl.String), pl.Series("data", data, pl.Binary))


def _opened(mapper: RecordMapper, wire_type: str, data: bytes) -> tuple[str, bytes]:
    try:
        return mapper.opened(wire_type, data)
    except DomainError:
        return wire_type, data
