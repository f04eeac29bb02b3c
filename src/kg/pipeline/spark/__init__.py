"""A corpus exported by Spark: the same pure function over ranges of JSON Lines, on any number of machines."""

from __future__ import annotations

from kg.pipeline.spark.export import Exported, Wanted, export_in_session, export_with_spark
from kg.pipeline.spark.session import spark_session
from kg.pipeline.spark.storage import is_remote

__all__ = ["Exported", "Wanted", "export_in_session", "export_with_spark", "is_remote", "spark_session"]
