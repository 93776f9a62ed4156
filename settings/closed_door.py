"""What somebody reads who comes to a page of Baton's without a login."""

_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Baton {place}</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; color: #1b2430; background: #f6f7f9; display: grid; place-items: center;
    min-height: 100vh; margin: 0; }}
  main {{ background: #fff; padding: 2rem 2.5rem; border-radius: 12px; max-width: 26rem; }}
  h1 {{ font-size: 1.25rem; margin-top: 0; }}
  code {{ background: #eef1f6; padding: .1em .4em; border-radius: 6px; }}
</style>
<main>
  <h1>This is the {place} of Baton</h1>
  <p>Come in by the link that <code>baton up</code> printed. Each link works once, for a quarter of an hour;
  <code>baton login</code> prints a new one.</p>
</main>
"""


def closed_door(place: str) -> str:
    """The page, in HTML, before the desk or the console."""
    return _PAGE.format(place=place)
