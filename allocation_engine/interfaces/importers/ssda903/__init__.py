"""The SSDA903 return on children in care: `read_ssda903` reads its social worker file, with the episodes or without.

`rows` says what a line may be, `course_of` what a child's lines mean together, `read` goes through the files.
`casework` beside this package sets it against what was told before.
"""

from allocation_engine.interfaces.importers.ssda903.read import read_ssda903

__all__ = ["read_ssda903"]
