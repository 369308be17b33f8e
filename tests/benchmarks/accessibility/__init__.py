"""Every kind of page under axe-core, in a real browser."""
