"""What keeps somebody from a page. Each has words of its own for a person."""

from domain.errors import AllocationError


class DeskError(AllocationError):
    """Something that a page says instead of what was asked for."""

    code, status, title, remedy = "desk", 400, "Something is not right", ""

    def __init__(self) -> None:
        super().__init__(self.remedy)


class NotSignedIn(DeskError):
    """Nobody is signed in, or the session is over."""

    code, status, title = "unauthenticated", 401, "You are not signed in"
    remedy = "Ask whoever runs the allocation engine here for a sign-in link. Each link lets one person in once."


class NotOpen(DeskError):
    """The page is not open to this role."""

    code, status, title = "forbidden", 403, "This page is not open to your role"
    remedy = "Each role sees what it needs and no more. If you need this, ask whoever runs the allocation engine here."


class NotThere(DeskError):
    """There is no such page, worker or case, or none that they may see."""

    code, status, title = "not_found", 404, "Nothing is there"
    remedy = "Check the address. What you may not see is not there for you either."


class OldForm(DeskError):
    """A form without the key of this session."""

    code, status, title = "old_form", 400, "This form is from an earlier session"
    remedy = "Nothing was changed. Go back, load the page again, and fill the form in anew."
