"""Caseload by caseload: every rule is about one worker's caseload or takes each case once, so large services come apart.

In reading order: `eligibility` · `arrays` and `table` (the problem as arrays) · `fits` (the rules on one caseload) ·
`standing` (a plan that changes) · `place` · `anneal` · `tangents` (first prices) · `prices`, `pricing` (the best
caseload at prices) · `dual` (the bound that prices prove) · `cuts`, `master` (better prices) · `dive` (from prices to
plans) · `cover`, `regroup`, `groups`, `rounds` (sharing out anew) · `choose`, `listing`, `exact_cover`, `searched`,
`reshare` (among whole caseloads) · `covering`, `bring_below`, `dive_under`, `deciding`, `heaviest` (the heaviest ratio) ·
`even`, `later` (the other levels) · `parts` and what is by parts ·
`ways`, `cores`, `left_out`, `scarce`, `in_part` (where not all can be placed) · `levels` (one after another).
"""
