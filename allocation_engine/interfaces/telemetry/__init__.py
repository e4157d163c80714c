"""Traces for whoever runs the service, by OpenTelemetry: off, and not loaded, unless the standard's variables name a collector.

`switch` reads the variables, `tracing` makes spans and needs the optional packages, `allowed` lets out what is listed and
nothing else, `requests` says what FastAPI may tell of a request.
"""
