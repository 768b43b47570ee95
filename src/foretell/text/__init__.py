"""Language: text cut into tokens, and a model that foretells, writes and scores them."""

from foretell.text.fitting import TextProgress
from foretell.text.model import TextModel
from foretell.text.sampling import Sampler
from foretell.text.score import Score
from foretell.text.tokens import TOKENS, Tokens

__all__ = ["TOKENS", "Sampler", "Score", "TextModel", "TextProgress", "Tokens"]
