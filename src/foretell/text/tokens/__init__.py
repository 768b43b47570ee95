"""Ways to cut a text into tokens, by the name that `foretell.TextModel` takes."""

from foretell.text.tokens.characters import Characters
from foretell.text.tokens.learned import BytePairs, Words
from foretell.text.tokens.octets import Bytes
from foretell.text.tokens.tokens import Tokens

__all__ = ["TOKENS", "Tokens"]

TOKENS: dict[str, type[Tokens]] = {
    each.kind: each for each in (Characters, Bytes, Words, BytePairs)
}
