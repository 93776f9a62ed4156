"""Which topic an utterance means, from the trigger phrases alone: deterministic, pure Python, nothing to download.

`features` makes a weighted bag of what is written, `learning` finds how far each phrase speaks for each topic,
`phrases` scores an utterance with both, and `decision` says what follows. How well, `python -m dialog.recognizer
--evaluate FILE` measures.
"""

from dialog.recognizer.decision import CERTAIN, CLOSE, Decision, decide
from dialog.recognizer.phrases import Recognizer, compile_recognizer

__all__ = ["CERTAIN", "CLOSE", "Decision", "Recognizer", "compile_recognizer", "decide"]
