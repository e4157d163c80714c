"""One quick look at a part of a workbook, by expat alone: entities, rows out of order, formulas without a value.

The spreadsheet library drops rows that come out of order and reads a formula that was never calculated as an empty
cell, both without a word. So they are found here.
"""

from xml.parsers import expat

EXCEL_ROWS = 1_048_576

_STRICT = "http://purl.oclc.org/ooxml/"


class Doctype(Exception):
    """The part declares a document type; entities live there and a workbook has no use for it."""


class XmlScan:
    """Takes a part in pieces. What is not XML (a picture) is noticed at its first bytes and then let pass."""

    def __init__(self) -> None:
        self.is_worksheet = False
        self.is_strict = False
        self.malformed = False
        self.rows_out_of_order = False
        self.rows_beyond_excel = False
        self.formulas_without_value = 0
        self._last_row = 0
        self._cell_type: str | None = None
        self._namespace = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._root

    def feed(self, piece: bytes) -> None:
        """Parse the next piece.

        Raises
        ------
        Doctype
            At the first document type declaration.
        """
        self._parse(piece, final=False)

    def close(self) -> None:
        """Say that there is no more."""
        self._parse(b"", final=True)

    def _parse(self, piece: bytes, *, final: bool) -> None:
        if self.malformed:
            return
        try:
            self._parser.Parse(piece, final)
        except (expat.ExpatError, ValueError, OverflowError):
            self.malformed = True

    def _doctype(self, *_declaration: object) -> None:
        raise Doctype

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        self._namespace, _, local = name.rpartition(" ")
        self.is_strict = name.startswith(_STRICT)
        self.is_worksheet = local == "worksheet"
        self._parser.StartElementHandler = self._in_worksheet if self.is_worksheet else None

    def _in_worksheet(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" c"):
            self._cell_type = attributes.get("t")
        elif name.endswith(" row"):
            self._row(attributes.get("r"))
        elif name.endswith(" f") and self._cell_type != "str":
            # Until the cell ends: is there a value with at least one character?
            self.formulas_without_value += 1
            self._parser.EndElementHandler = self._after_formula

    def _row(self, number: str | None) -> None:
        row = int(float(number)) if number else self._last_row + 1
        self.rows_out_of_order |= row <= self._last_row
        self.rows_beyond_excel |= row > EXCEL_ROWS
        self._last_row = row

    def _after_formula(self, name: str) -> None:
        if name.endswith(" f"):
            self._parser.CharacterDataHandler = self._value
        elif name.endswith(" c"):
            self._parser.CharacterDataHandler = None
            self._parser.EndElementHandler = None

    def _value(self, text: str) -> None:
        if text.strip():
            self.formulas_without_value -= 1
            self._parser.CharacterDataHandler = None
            self._parser.EndElementHandler = None
