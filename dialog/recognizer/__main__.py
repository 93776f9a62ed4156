"""`python -m dialog.recognizer --evaluate FILE [--json]`: how well trigger phrases tell a corpus' utterances apart.

The file is JSON: `{"intents": {NAME: {"trigger_phrases": […], "utterances": […]}}, "out_of_scope": […]}`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from dialog.recognizer.evaluation import Corpus, Figures, evaluate

_TABLE = """\
utterances                {utterances:>8}
  to their own topic      {accuracy:>8.4f}
  asked, own among them   {asked:>8.4f}
  to another topic        {elsewhere:>8.4f}
out of scope              {out_of_scope:>8}
  to no topic             {out_of_scope_rejection:>8.4f}
threshold                 {threshold:>8}
ms an utterance           {ms_an_utterance:>8}
ms to compile             {ms_to_compile:>8}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate one file; 0 where it could be read, else 1."""
    parser = argparse.ArgumentParser(prog="python -m dialog.recognizer", description=__doc__)
    parser.add_argument("--evaluate", metavar="FILE", type=Path, required=True, help="the corpus")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args(arguments)
    try:
        corpus = Corpus.model_validate_json(options.evaluate.read_bytes())
    except OSError as error:
        sys.stderr.write(f"{options.evaluate} cannot be read: {error.strerror}\n")
        return 1
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        sys.stderr.write(f"{options.evaluate}: {where or 'the file'}: {error.errors()[0]['msg']}\n")
        return 1
    sys.stdout.write(_written(evaluate(corpus), machine=options.json))
    return 0


def _written(figures: Figures, *, machine: bool) -> str:
    return figures.model_dump_json() + "\n" if machine else _TABLE.format(**figures.model_dump())


if __name__ == "__main__":
    sys.exit(main())
