"""Many pages on many machines: WARC files in, a table of rows out, no archive touched.

``run`` reads shards with one of the engines, ``run_shard`` one shard, ``extract_record`` one page.
"""

from citekit.bulk.report import Report, ShardDone
from citekit.bulk.rows import Row, extract_record
from citekit.bulk.running import run, run_shard

__all__ = ["Report", "Row", "ShardDone", "extract_record", "run", "run_shard"]
