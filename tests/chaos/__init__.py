"""The chaos test: parts of a running service are killed -9 at random, and nothing may be lost or doubled.

    load.py       what customers do meanwhile, each errand with the end it must come to
    strikes.py    whom to kill and when, drawn from a seed
    killer.py     kills them
    books.py      everything that is known once the dust has settled: rows, objects, messages
    checks/       what must be true of the books, without I/O

`python -m tests.chaos --kills 200 --jobs 60 --seed 1` is the long form, `test_chaos.py` the short one.
"""
