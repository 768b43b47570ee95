"""The store: candles in Delta Lake tables, with revisions, gaps and checksums."""

from foretell.store.changes import Compacted, Written
from foretell.store.gaps import Gap
from foretell.store.pieces import Key
from foretell.store.place import STORE
from foretell.store.store import Store
from foretell.store.transfer import Imported, export_candles, import_candles
from foretell.store.verify import Finding, Verification

__all__ = [
    "STORE",
    "Compacted",
    "Finding",
    "Gap",
    "Imported",
    "Key",
    "Store",
    "Verification",
    "Written",
    "export_candles",
    "import_candles",
]
