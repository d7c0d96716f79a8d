"""The entry script in a loop, without any server: what no server can be faster than."""
import sys
import time

sys.path.insert(0, sys.argv[1])
import json

import score

body, seconds = sys.argv[2], float(sys.argv[3])
score.init()
times = []
end = time.perf_counter() + seconds
now = time.perf_counter()
while now < end:
    json.dumps(score.run(body))
    after = time.perf_counter()
    times.append(after - now)
    now = after
times.sort()
print(json.dumps({
    'requestsPerSecond': len(times) / seconds,
    'p50Ms': times[len(times) // 2] * 1000,
    'p99Ms': times[len(times) * 99 // 100] * 1000,
    'errors': 0,
}))
