"""Benchmarks: each module measures Backlight beside its peers in one run and answers with a `bench.report.Report`."""
