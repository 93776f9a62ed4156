"""How the console looks: a style sheet of its own over NiceGUI's elements."""

from pathlib import Path

CSS = Path(__file__).with_name("console.css").read_text(encoding="utf-8")
