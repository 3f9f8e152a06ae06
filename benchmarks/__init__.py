"""Benchmarks: `python -m benchmarks.NAME --json`, side by side with what each is compared to."""
