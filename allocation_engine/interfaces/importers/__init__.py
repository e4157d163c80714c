"""Importers turn what other systems send into events, and people into pseudonyms (`pseudonyms`).

`annex_a` reads the inspection workbook, `dfe_daily` the DfE's daily payload, `ssda903` the return on children in care,
`reported_events` plain events. `casework` sets what is told of a case against what was told before, `intake` accounts for it.
"""
