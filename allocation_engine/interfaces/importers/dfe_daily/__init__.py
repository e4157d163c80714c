"""The DfE's daily payload on children's social care: `parse_dfe_daily` for its bytes, `read_dfe_daily` for what it says.

`child_record` and `record_checks` say what a record may be, `footing` and `course_of` what it means, `read` goes
through the payload. `casework` beside this package sets it against what was told before.
"""

from allocation_engine.interfaces.importers.dfe_daily.read import parse_dfe_daily, read_dfe_daily

__all__ = ["parse_dfe_daily", "read_dfe_daily"]
