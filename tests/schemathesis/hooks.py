"""What a schema cannot say of requests: ids of runs that are there, times near now, keys of pages that came
before. Only requests that are to be right are put right. And what it cannot say of answers: that they are HTTP."""

import json
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

import schemathesis
from httplint import HttpRequestLinter, HttpResponseLinter
from httplint.note import levels
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode


def near_now():
    now = datetime.now(timezone.utc)
    ages = st.integers(min_value=0, max_value=86_400)
    return ages.map(lambda age: (now - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ"))


schemathesis.openapi.format("date-time", near_now())
schemathesis.openapi.format("date", near_now().map(lambda time: time[:10]))


def running(base):
    """A run that takes readings; any that there is, if no other can be started."""
    start = urllib.request.Request(
        f"{base}/api/runs/start", b'{"duration": 86400}', {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(f"{base}/api/runs/running") as answer:
        runs = json.load(answer)
    if not runs:
        with urllib.request.urlopen(start) as answer:
            runs = [json.load(answer)]
    return runs[0]["id"]


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    query = case.query or {}
    query.pop("lastKey", None)
    if "startDate" in query and "endDate" in query:
        query["startDate"], query["endDate"] = sorted([query["startDate"], query["endDate"]])
    if case.path == "/api/sensors/data" and case.method == "POST":
        run = running(case.operation.base_url.rstrip("/"))
        if case.headers and "X-Run-Id" in case.headers:
            case.headers["X-Run-Id"] = run
        readings = case.body if isinstance(case.body, list) else [case.body]
        for reading in readings:
            if isinstance(reading, dict):
                reading["runId"] = run
                # No two of a batch are the same.
                reading.pop("id", None)
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


# A reading has no address of its own, and any OPTIONS is answered as the question of a browser.
ACCEPTED = {("POST", "CREATED_WITHOUT_LOCATION", "/api/sensors/data"), ("OPTIONS", "CORS_PREFLIGHT_ONLY", None)}


@schemathesis.check
def http(ctx, response, case):
    """What httplint calls bad."""
    asked = HttpRequestLinter()
    asked.process_request_topline(response.request.method.encode(), response.request.url.encode(), b"HTTP/1.1")
    asked.process_headers(as_bytes(response.request.headers))
    asked.finish_content(True)
    answered = HttpResponseLinter(_related=asked)
    answered.is_head_response = asked.method == "HEAD"
    answered.process_response_topline(b"HTTP/1.1", str(response.status_code).encode())
    answered.process_headers(as_bytes((name, value) for name, values in response.headers.items() for value in values))
    answered.feed_content(response.content)
    answered.finish_content(True)
    bad = [type(note).__name__ for note in answered.notes if note.level == levels.BAD]
    places = (case.path, None)
    bad = [name for name in bad if not any((asked.method, name, place) in ACCEPTED for place in places)]
    assert not bad, bad


def as_bytes(headers):
    pairs = headers.items() if hasattr(headers, "items") else headers
    return [(str(name).encode(), str(value).encode()) for name, value in pairs]
