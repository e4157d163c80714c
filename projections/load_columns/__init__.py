"""The load of every worker at once, folded over columns: the same figures as an account of each, many times as fast.

`standing_facts` reads rows, `told` and `fact_columns` lay them out in columns, `turns` and `held` say who held what and what it
weighed, `absences`, `reliefs` and `clock` how recovery ran, `weights` asks the model; `history` adds it all up.
"""

from projections.load_columns.history import LoadColumns, LoadHistory, loads

__all__ = ["LoadColumns", "LoadHistory", "loads"]
