"""What pyarrow makes when it is loaded, or has no types for: named here once, as the drivers use it."""

from typing import Any, Final

import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

compute: Final[Any] = pyarrow.compute
arrow_csv: Final[Any] = pyarrow.csv
ParquetFile: Final[Any] = pyarrow.parquet.ParquetFile
ParquetWriter: Final[Any] = pyarrow.parquet.ParquetWriter
