"""llama.cpp's own server under those options of llama-server that Autocommit gives it."""

import os
import sys
import threading

HELP = """\
--model FNAME                  model path to load
--host HOST                    ip address to listen
--port PORT                    port to listen
--alias STRING                 set model name aliases
--ctx-size N                   size of the prompt context
--parallel N                   number of server slots
--threads N                    number of CPU threads
--cache-ram N                  set the maximum cache size in MiB
--sleep-idle-seconds SECONDS   seconds of idleness after which it sleeps
--api-key KEY                  API key (env: LLAMA_API_KEY)
"""


def main(arguments):
    if "--help" in arguments:
        print(HELP)
        return
    given = dict(zip(arguments[::2], arguments[1::2]))

    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = given.pop("--model")
    parameters.hostnames = [given.pop("--host")]
    parameters.port = int(given.pop("--port"))
    parameters.model_alias = {given.pop("--alias")}
    parameters.n_ctx = int(given.pop("--ctx-size"))
    parameters.n_parallel = int(given.pop("--parallel"))
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = int(given.pop("--threads"))
    parameters.cache_ram_mib = int(given.pop("--cache-ram"))
    parameters.sleep_idle_seconds = int(given.pop("--sleep-idle-seconds"))
    parameters.api_keys = [os.environ["LLAMA_API_KEY"]]
    if given:
        sys.exit(f"unknown options: {given}")
    server = xllamacpp.Server(parameters)
    print(f"listening on {server.listening_address}", flush=True)
    threading.Event().wait()


main(sys.argv[1:])
