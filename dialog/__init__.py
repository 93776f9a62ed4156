"""The topic machine: pure. Copilot Studio topics as authored, run one turn at a time."""
