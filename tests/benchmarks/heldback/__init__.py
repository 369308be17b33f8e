"""A made-up site in Responsible Statecraft's markup, with its truth: a test on pages nobody tuned for."""
