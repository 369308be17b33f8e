"""Large archives for benchmarks: `build ROOT --articles N`, `pages ROOT`, and `together ROOT…` for several at once."""
