"""The URL of a store or of keys as it may be shown and logged."""

from urllib.parse import urlsplit, urlunsplit


def hide_password(url: str) -> str:
    """Give the URL as it may be shown and logged."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return url.split("://", maxsplit=1)[0] + "://…"
    query = "&".join("password=***" if one.startswith("password=") else one for one in parts.query.split("&"))
    netloc = parts.netloc
    if password is not None:
        user, _, host = netloc.rpartition("@")
        netloc = f"{user.split(':', maxsplit=1)[0]}:***@{host}"
    shown = urlunsplit(parts._replace(netloc=netloc, query=query))
    return shown if "***" in shown else url
