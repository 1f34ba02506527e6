"""What every test may use."""

pytest_plugins = ["tests.real_parts", "tests.cast"]
