"""How values become payloads: pydantic's JSON, by one converter for the whole process."""

from typing import Any, ClassVar, Self

from temporalio.contrib.pydantic import PydanticPayloadConverter


class OnePydanticConverter(PydanticPayloadConverter):
    """Pydantic's JSON. Whoever asks for a new one gets the one that there is.

    The SDK asks for one with every activation and keeps one with every cached workflow, and each would build the type
    adapters of the models anew: a fifth of what a turn costs its worker. What a converter keeps depends on types alone,
    so workflows may share it.
    """

    _one: ClassVar[Any] = None

    def __new__(cls) -> Self:
        """The one that there is."""
        if cls._one is None:
            cls._one = super().__new__(cls)
            PydanticPayloadConverter.__init__(cls._one)
        one: Self = cls._one
        return one

    def __init__(self) -> None:
        """Nothing is left to do: it may be long in use."""
