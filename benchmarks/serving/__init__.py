"""Speed, memory, overload and hostile requests of the REST service: `python -m benchmarks.serving`."""
