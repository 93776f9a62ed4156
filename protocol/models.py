"""The two kinds of pydantic model in Baton: what we own, and what others send."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Owned(BaseModel):
    """A model whose every field is ours: an unknown one is a mistake, and is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Foreign(BaseModel):
    """A model of the Bot Framework's wire format: camelCase, and what we do not know is kept as it came."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True)

    def wire(self) -> dict[str, Any]:
        """The model as JSON has it: camelCase, nothing that is unset."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
