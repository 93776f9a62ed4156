"""What Baton costs, beside the bare engine."""
