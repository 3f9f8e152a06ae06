"""Loads on services that really run, ours and its rivals: what `benchmarks/service.py` is made of.

A `target` takes jobs of users and says afterwards when each segment held a slot. `scenarios` put loads on a target,
`measures` make figures of what it says.
"""
