"""The names of a span's attributes: the standard's where there is one."""

CORRELATION_ID = "allocation.correlation_id"
EVENTS = "allocation.events"
OUTCOME = "allocation.outcome"
ERROR_TYPE = "error.type"
STATUS = "http.response.status_code"

ALLOWED = frozenset(
    {
        "http.request.method",
        "http.route",
        STATUS,
        ERROR_TYPE,
        "network.protocol.version",
        "url.scheme",
        CORRELATION_ID,
        EVENTS,
        OUTCOME,
    }
)
"""What may leave. None of them holds an id of a person or a case, an address, a query or a text that somebody sent."""
