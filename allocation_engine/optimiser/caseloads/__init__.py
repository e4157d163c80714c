"""Caseload by caseload: every rule is about one worker's caseload or takes each case once, so large services come apart.

`eligibility` · `table` (the problem as arrays) · `fits` (the rules on one caseload) · `pricing` (the best caseload of a
worker at given prices) · `dual` (prices and the bound they prove) · `search` (better plans) · `master` (whole caseloads
chosen together) · `levels` (one level after another).
"""
