"""Policy: the rules of allocation and the numbers behind them.

`rules` lists every rule; `pair_rules`, `caseload_rules` and `plan_rules` hold them; `candidates` is what they look at;
`limits` and `policy_set` are the numbers, `policy_sets/` the example set.
"""
