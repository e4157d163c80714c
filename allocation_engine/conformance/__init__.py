"""Checks, step by step, that another system's setup and the service work together. Needs httpx alone.

`python -m allocation_engine.conformance https://sandbox.example --key ae_…`; `steps` holds what a step is, `connecting`,
`sending`, `reading`, `refusals` and `deciding` the steps, `report` tells what came of them.
"""
