"""Arrow's functions over columns, which pyarrow makes when it is imported: no type checker sees a name of them."""

from importlib import import_module
from typing import Any

compute: Any = import_module("pyarrow.compute")
