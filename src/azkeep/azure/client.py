"""ArmClient: requests to an Azure Resource Manager through azure-core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from azkeep.azure.errors import answer_of, of_exception, of_status
from azkeep.errors import RequestFailed
from azkeep.model.transport import Answer

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from azkeep.azure.budget import Budget
    from azkeep.azure.pipeline import Retries

PUBLIC_ENDPOINT = "https://management.azure.com"
FAILED_OPERATION = 400
"""Status of the answer for an operation that began well and failed: HTTP has none for it."""

SAFE = "/:()$,;=@!*'+~"
"""What stays as it is in a path; names may hold blanks and anything else."""

DEFAULT_POLL_SECONDS = 10
"""Pause between polls where the server names none."""


class ArmClient:
    """An ArmTransport for `endpoint`. `ca` is a CA file, None for the usual trust store.

    A connection broken in a request that may be sent again, 429 and 5xx are retried with growing pauses, capped.
    """

    def __init__(
        self,
        endpoint: str,
        credential: TokenCredential,
        *,
        ca: str | None = None,
        scopes: tuple[str, ...] = (),
        retries: Retries | None = None,
        budget: Budget | None = None,
    ) -> None:
        from azkeep.azure import pipeline

        self.endpoint = endpoint.rstrip("/")
        self._client, self._counter = pipeline.client(
            self.endpoint,
            credential,
            ca=ca,
            scopes=scopes or (f"{self.endpoint}/.default",),
            retries=retries or (pipeline.LOOPBACK if pipeline.is_loopback(self.endpoint) else pipeline.Retries()),
            budget=budget,
        )

    @property
    def requests(self) -> int:
        """Requests sent so far, retries and polls included."""
        return self._counter.count

    def close(self) -> None:
        """Closes pooled connections."""
        self._client.close()

    def __enter__(self) -> ArmClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        api_version: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one request; see ArmTransport."""
        return answer_of(self._send(method, path, api_version, body, query, headers).http_response)

    def run(
        self,
        method: str,
        path: str,
        *,
        api_version: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """The last answer of a request and the operation that it starts; see ArmTransport."""
        first = self._send(method, path, api_version, body, query, None)
        answer = answer_of(first.http_response)
        if not answer.ok:
            return answer
        if _still_runs(method, answer):
            return self._follow(method, first, path)
        if method in ("PUT", "PATCH") and _state(answer).lower() in ("failed", "canceled"):
            return Answer(FAILED_OPERATION, {"error": _operation_error(answer)}, answer.headers, followed=True)
        return answer

    def _send(
        self,
        method: str,
        path: str,
        api_version: str,
        body: Any,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Any:
        """azure-core's PipelineResponse. Raises as ArmTransport says."""
        from azure.core.rest import HttpRequest

        request = HttpRequest(method, self._url(path, api_version, query), headers=dict(headers or {}), json=body)
        try:
            response = self._client.send_request(request, _return_pipeline_response=True)
        except Exception as error:
            raise _mapped(error, path) from error
        self._refuse(response.http_response, path)
        return response

    def _url(self, path: str, api_version: str, query: Mapping[str, str] | None) -> str:
        if path.startswith(("https://", "http://")):
            return self._own(path)
        parameters = urlencode({"api-version": api_version, **(query or {})}, quote_via=quote)
        return f"{self.endpoint}/{quote(path.lstrip('/'), safe=SAFE)}?{parameters}"

    def _own(self, url: str) -> str:
        """`url` as it is, such as a `nextLink`; another host must not get the token."""
        if url.lower().startswith(f"{self.endpoint.lower()}/"):
            return url
        raise RequestFailed("a link leads to another host than Azure Resource Manager", detail=url, subject=url)

    @staticmethod
    def _refuse(response: Any, path: str) -> None:
        if response.status_code in (401, 429):
            answer = answer_of(response)
            raise of_status(answer.status, answer.error_code, answer.error_message, path)

    def _follow(self, method: str, first: Any, path: str) -> Answer:
        """Polls to the end, by the rules of azure-mgmt-core."""
        from azure.core.exceptions import HttpResponseError
        from azure.mgmt.core.polling.arm_polling import ARMPolling

        polling = ARMPolling(timeout=DEFAULT_POLL_SECONDS)
        try:
            polling.initialize(self._client, first, lambda response: response)
            polling.run()
        except HttpResponseError as error:
            return _failed(method, error, path)
        except Exception as error:
            raise _mapped(error, path) from error
        last = polling.resource()
        return replace(answer_of(last.http_response), followed=True) if last is not None else Answer(204, followed=True)


def _mapped(error: Exception, path: str) -> Exception:
    """azkeep's error for azure-core's; a fault of our own code stays what it is."""
    from azure.core.exceptions import AzureError as CoreError
    from azure.core.exceptions import DeserializationError, SerializationError

    if isinstance(error, CoreError | SerializationError | DeserializationError):
        return of_exception(error, path)
    return error


def _still_runs(method: str, answer: Answer) -> bool:
    """True if `answer` starts an operation that has to be followed."""
    if "azure-asyncoperation" in answer.headers:
        return True
    if "location" in answer.headers and answer.status in (201, 202):
        return True
    if method not in ("PUT", "PATCH") or not isinstance(answer.body, Mapping):
        return method in ("PUT", "PATCH") and answer.status == 202
    return _state(answer).lower() not in ("", "succeeded", "failed", "canceled")


def _state(answer: Answer) -> str:
    properties = answer.body.get("properties") if isinstance(answer.body, Mapping) else None
    state = properties.get("provisioningState") if isinstance(properties, Mapping) else None
    return state if isinstance(state, str) else ""


def _failed(method: str, error: Any, path: str) -> Answer:
    """The answer for an operation that failed, or whose polling did."""
    if error.response is None:
        raise of_exception(error, path) from error
    answer = answer_of(error.response)
    if answer.status == 404 and method == "DELETE":
        return Answer(204, None, answer.headers, followed=True)
    status = answer.status if answer.status >= FAILED_OPERATION else FAILED_OPERATION
    return Answer(status, {"error": _operation_error(answer)}, answer.headers, followed=True)


def _operation_error(answer: Answer) -> Mapping[str, Any]:
    """ARM's error of a failed operation, from the operation's own document or the resource's state."""
    body = answer.body if isinstance(answer.body, Mapping) else {}
    found = body.get("error")
    if isinstance(found, Mapping) and found:
        return found
    state = _state(answer) or body.get("status") or "Failed"
    return {"code": "OperationFailed", "message": f"The operation ended with state '{state}'."}
