"""How the desk looks: a style sheet of its own over NiceGUI's elements."""

from pathlib import Path

CSS = Path(__file__).with_name("desk.css").read_text(encoding="utf-8")
