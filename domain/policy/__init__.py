"""Policy: every number of the service, each with unit, kind and source.

The numbers behind the rules: `limits` (caps, hours), `practice` (when something is late, which groups are small, with
`small_groups`), `policy_set` (these and the load parameters under one id and date), `policy_sets/` the example set. The
rules themselves are in `domain/allocation`.
"""
