"""llama.cpp's own HTTP server on 127.0.0.1: server.py MODEL [SECONDS UNTIL SLEEP].

Prints the address it listens on, and ends with its standard input, so that a killed test leaves nothing behind.
"""

import os
import socket
import sys
import threading

# Said before the model is loaded: what comes until then is answered with 503.
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
print(f"http://127.0.0.1:{port}", flush=True)

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.hostnames = ["127.0.0.1"]
parameters.port = port
parameters.n_ctx = 4096
parameters.n_parallel = 1
parameters.cache_ram_mib = 0
parameters.cpuparams.n_threads = 1
parameters.cpuparams_batch.n_threads = 1
if len(sys.argv) > 2:
    parameters.sleep_idle_seconds = int(sys.argv[2])
server = xllamacpp.Server(parameters)
threading.Event().wait()
