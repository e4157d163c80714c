"""The page of a picture: sizes in inches, head and foot, and the bytes it becomes, the same for the same input."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from allocation_engine.interfaces.plots.colours import INK, PALE_INK

Form = Literal["svg", "png"]
FORMS: tuple[Form, ...] = ("svg", "png")

POINTS_PER_INCH = 72.0
PIXELS_PER_INCH = 150
EDGE = 0.3
TITLE_SIZE, LINE_SIZE = 13.0, 9.0
TITLE_LINE, LINE = 0.28, 0.185
DRAWN_WIDER = 1.03
"""Letters fitted to pixels come out a little wider than they measure."""
SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": LINE_SIZE,
    "text.color": INK,
    "axes.edgecolor": PALE_INK,
    "axes.labelcolor": INK,
    "xtick.color": PALE_INK,
    "ytick.color": PALE_INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "hatch.linewidth": 0.9,
    # Ids inside the file are hashed with this instead of a random salt: the same input gives the same bytes.
    "svg.hashsalt": "allocation-engine",
    # Letters as outlines look alike everywhere; the words stand beside them as comments.
    "svg.fonttype": "path",
    "text.parse_math": False,
}


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw by these settings alone, whatever the reader's own matplotlib file says, and leave no trace of them."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)  # type: ignore[arg-type]  # its keys are a list of literals
        yield


@dataclass(frozen=True, slots=True)
class Words:
    """What stands above and below a picture."""

    title: str
    lines: tuple[str, ...]
    foot: tuple[str, ...]

    @property
    def head_height(self) -> float:
        """Height of the head with its margin [in]."""
        return EDGE + TITLE_LINE + LINE * len(self.lines) + 0.1

    @property
    def foot_height(self) -> float:
        """Height of the foot with its margin [in]."""
        return EDGE + LINE * len(self.foot)

    @property
    def width(self) -> float:
        """Width that the longest line needs with margins [in]."""
        lines = max(width_of(line, LINE_SIZE) for line in (*self.lines, *self.foot))
        return 2 * EDGE + max(width_of(self.title, TITLE_SIZE, bold=True), lines)


class Sheet:
    """A figure measured in inches from its lower left corner, with its words written."""

    def __init__(self, width: float, height: float, words: Words) -> None:
        self.width, self.height = width, height
        self.words = words
        self.figure = Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor="white")
        top = height - EDGE
        self.write(EDGE, top, words.title, size=TITLE_SIZE, bold=True)
        for place, line in enumerate(words.lines):
            self.write(EDGE, top - TITLE_LINE - LINE * place, line)
        for place, line in enumerate(reversed(words.foot)):
            self.write(EDGE, EDGE * 0.6 + LINE * (place + 1), line, colour=PALE_INK)

    def write(
        self, x: float, top: float, text: str, *, size: float = LINE_SIZE, bold: bool = False, colour: str = INK
    ) -> None:
        """Write a line of text, hanging from its top."""
        self.figure.text(
            x / self.width,
            top / self.height,
            text,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=colour,
            verticalalignment="top",
        )

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Put axes on the page."""
        return self.figure.add_axes((left / self.width, bottom / self.height, width / self.width, height / self.height))

    def as_bytes(self, form: Form) -> bytes:
        """Give the picture as a file's bytes; no date and no version is put into it."""
        buffer = BytesIO()
        title, description = self.words.title, " ".join((*self.words.lines, *self.words.foot))
        if form == "svg":
            told = {"Title": title, "Description": description, "Creator": "allocation-engine", "Date": None}
        else:
            # PNG keeps its words in Latin-1.
            plain = description.encode("latin-1", "replace").decode("latin-1")
            told = {"Title": title, "Description": plain, "Software": None}
        self.figure.savefig(buffer, format=form, metadata=told)
        return buffer.getvalue()


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Measure a line of text [in]."""
    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    return float(TextPath((0, 0), text, size=size, prop=font).get_extents().width) * DRAWN_WIDER / POINTS_PER_INCH


def widest(texts: Sequence[str], size: float) -> float:
    """Measure the widest of some lines [in]."""
    return max((width_of(text, size) for text in texts), default=0.0)
