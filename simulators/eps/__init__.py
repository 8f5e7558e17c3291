"""A simulator of Korea's Employment Permit System, for demonstration and tests: not the real one."""
