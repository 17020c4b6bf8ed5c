"""The workflow ids of the benchmark's site."""

SELF_HOSTED = "wf_bench_self"
HOSTED = "wf_bench_hosted"
