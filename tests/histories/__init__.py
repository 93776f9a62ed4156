"""Golden histories: what released versions wrote, and every later version must replay."""
