"""A large archive for benchmarks: `build ROOT --articles N` makes one, `pages ROOT` measures its pages."""
