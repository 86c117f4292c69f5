"""llama.cpp's own server for one GGUF file: the child process behind ``local:`` models.

``python -m simulator.models.local_server --model PATH --alias NAME --slots N --context TOKENS`` serves on 127.0.0.1 at
a port that the system picks, writes ``{"base_url": …}`` as one line on stdout once it answers, and ends when its
standard input ends. The parent holds the other end of that pipe and never writes: however the parent dies, SIGKILL
included, the system closes the pipe and this process goes too. For parents whose pipe end outlives them (a forked child
inherited it), the parent's process id is watched as well.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading

_WATCH_S = 1.0


def serve(model: str, alias: str, slots: int, context: int) -> str:
    """Starts the server in this process; its base URL. ``context`` is in tokens for each slot, at most the model's own.

    Raises RuntimeError where llama.cpp cannot load the model.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {alias}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = slots
    params.n_ctx = context * slots
    params.cache_ram_mib = 0  # prompts kept beside the slots take up to 8 GB by default, and dialogues share no prefix
    params.cors_origins = ""  # no page that a browser has open may ask
    params.ui = False
    params.endpoint_slots = False  # it would show other dialogues' prompts
    # Small models fall into loops; a light penalty mends most of that. A caller's own sampling values come on top.
    params.sampling.penalty_repeat = 1.1
    params.sampling.penalty_last_n = 128
    params.verbosity = 1
    server = xllamacpp.Server(params)
    _running.append(server)
    return f"{server.listening_address}/v1"


_running: list[object] = []
"""Keeps the server alive: it stops when it is collected."""


def _wait_for_the_parent_to_go(parent: int) -> None:
    ended = threading.Event()

    def read() -> None:
        try:
            while os.read(0, 1024):
                pass
        except OSError:
            pass
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    while not ended.wait(_WATCH_S):
        if os.getppid() != parent:
            return


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulator.models.local_server")
    parser.add_argument("--model", required=True)
    parser.add_argument("--alias", required=True)
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--context", type=int, required=True)
    arguments = parser.parse_args()
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its dialogues first
    ready = os.dup(1)
    os.dup2(2, 1)  # llama.cpp may print; stdout is for the one line
    threading.Thread(target=_leave_with_the_parent, args=(parent,), daemon=True).start()
    try:
        base_url = serve(arguments.model, arguments.alias, arguments.slots, arguments.context)
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    os.write(ready, json.dumps({"base_url": base_url}).encode() + b"\n")
    os.close(ready)
    threading.Event().wait()


def _leave_with_the_parent(parent: int) -> None:
    _wait_for_the_parent_to_go(parent)
    os._exit(0)  # at once: nobody is left to read an answer, and the weights need no farewell


if __name__ == "__main__":
    main()
