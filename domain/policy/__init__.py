"""Policy: every number of the service, each with unit, kind and source.

The numbers behind the rules: `limits` (caps, hours), `policy_set` (limits and load parameters under one id and date),
`policy_sets/` the example set. The rules themselves are in `domain/allocation`.
"""
