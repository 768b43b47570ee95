"""The store: candles in Delta Lake tables, with revisions, gaps and checksums."""

from foretell.store.gaps import Gap
from foretell.store.place import STORE
from foretell.store.store import Compacted, Store, Written
from foretell.store.verify import Finding, Verification

__all__ = ["STORE", "Compacted", "Finding", "Gap", "Store", "Verification", "Written"]
