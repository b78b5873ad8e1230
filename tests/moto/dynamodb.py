"""DynamoDB by moto, at a free port of the loopback interface.

It prints its address and serves until its standard input ends.
"""

import logging
import sys

from moto.server import ThreadedMotoServer

# A line for each request is nobody's business.
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", flush=True)
sys.stdin.read()
