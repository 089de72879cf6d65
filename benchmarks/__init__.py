"""Measurements beside peers, each set in one run. `make bench` writes docs/benchmarks.md."""
