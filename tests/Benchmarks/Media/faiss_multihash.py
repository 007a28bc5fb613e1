"""FAISS's multi-hash index as hash matchers of the field configure it (16 tables of 16 bits, one bit flipped: exact to 31).

usage: faiss_multihash.py FOLDER with the files rows and queries. Prints "seconds megabytes" once built; then for each line
"threads batch count" the answer "microseconds pairs": time a query, and pairs within 31 among the first `count` queries.
"""
import sys
import time

import faiss
import numpy as np


def load(path):
    with open(path, "rb") as file:
        assert file.read(8) == b"PDQSET01"
        count = int.from_bytes(file.read(8), "little")
        return np.frombuffer(file.read(), dtype=np.uint8).reshape(count, 32)


def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS"))


folder = sys.argv[1]
rows, queries = load(folder + "/rows"), load(folder + "/queries")
faiss.omp_set_num_threads(1)
before, start = resident(), time.perf_counter()
inner = faiss.IndexBinaryMultiHash(256, 16, 16)
index = faiss.IndexBinaryIDMap2(inner)
index.add_with_ids(rows, np.arange(len(rows), dtype=np.int64))
inner.nflip = 1
print(round(time.perf_counter() - start, 2), resident() - before, flush=True)
for line in sys.stdin:
    threads, batch, count = (int(word) for word in line.split())
    faiss.omp_set_num_threads(threads)
    start, pairs = time.perf_counter(), 0
    for at in range(0, count, batch):
        limits, _, _ = index.range_search(np.ascontiguousarray(queries[at:min(count, at + batch)]), 32)
        pairs += int(limits[-1])
    print((time.perf_counter() - start) * 1e6 / count, pairs, flush=True)
