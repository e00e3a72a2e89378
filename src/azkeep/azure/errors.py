"""What azure-core and azure-identity raise, as azkeep's errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from azkeep.errors import AuthFailed, AzureError, RequestFailed, Throttled, Unreadable
from azkeep.model.transport import Answer

if TYPE_CHECKING:
    from azure.core.rest import HttpResponse

UNREACHED = re.compile(
    r"HTTPSConnectionPool\(host='(?P<host>[^']+)', port=(?P<port>\d+)\): Max retries exceeded with url: \S+"
    r" \(Caused by \w+\(.*?\[Errno -?\d+\] (?P<why>[^\"')]+)[\"']?\)\)",
    re.DOTALL,
)
"""How urllib3 says that nobody answers at an address."""
SIGN_IN = "Sign in (`az login`), or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET."


def of_exception(error: Exception, subject: str = "") -> AzureError:
    """azkeep's error for anything that azure-core raises; `subject` is what was asked for, an ARM id or a URL."""
    from azure.core import exceptions as core

    detail = _message(error)
    if isinstance(error, core.ClientAuthenticationError):
        return AuthFailed("Azure did not accept the credential", detail=detail, fix=SIGN_IN, subject=subject)
    if isinstance(error, core.HttpResponseError):
        return of_status(error.status_code or 0, _code(error), detail, subject)
    if isinstance(error, core.ServiceRequestError):
        return RequestFailed(
            "the Resource Manager could not be reached", detail=detail, fix=_reachable(detail), subject=subject
        )
    if isinstance(error, core.ServiceResponseError):
        return RequestFailed("the connection to Azure broke before an answer came", detail=detail, subject=subject)
    return RequestFailed("a request to Azure failed", detail=detail, subject=subject)


def of_answer(answer: Answer, subject: str = "") -> AzureError:
    """azkeep's error for an answer that is no success."""
    return of_status(answer.status, answer.error_code, answer.error_message, subject)


def of_status(status: int, arm_code: str, detail: str, subject: str = "") -> AzureError:
    """azkeep's error for an HTTP status; 0 means that no answer came."""
    if status == 401:
        return AuthFailed(
            "Azure did not accept the credential",
            status=status, arm_code=arm_code, detail=detail, fix=SIGN_IN, subject=subject,
        )  # fmt: skip
    if status == 403:
        return Unreadable(
            "the credential has no right to do this",
            status=status, arm_code=arm_code, detail=detail, subject=subject,
            fix="Assign the caller a role that allows it at this scope, then try again.",
        )  # fmt: skip
    if status == 429:
        return Throttled(
            "Azure limits the rate of requests, and still did after all retries",
            status=status, arm_code=arm_code, detail=detail, fix="Wait some minutes, then try again.", subject=subject,
        )  # fmt: skip
    shown = f"{status} {arm_code}".strip()
    return RequestFailed(
        f"Azure answered {shown}" if status else "no answer came from Azure",
        status=status, arm_code=arm_code, detail=detail, subject=subject,
    )  # fmt: skip


def _code(error: Exception) -> str:
    inner = getattr(error, "error", None)
    return str(getattr(inner, "code", "") or "")


def _message(error: Exception) -> str:
    message = str(getattr(error, "message", "") or error).strip()
    return UNREACHED.sub(lambda found: f"{found['host']}:{found['port']}: {found['why']}", message)


def _reachable(detail: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in detail:
        return "The server's certificate is not trusted: check the CA file."
    return "Check the network connection and the endpoint."


def answer_of(response: HttpResponse) -> Answer:
    """The answer in an HTTP response; a body that is no JSON becomes `{"error": {"message": text}}`."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    content = response.content
    if not content:
        return Answer(response.status_code, None, headers)
    try:
        return Answer(response.status_code, response.json(), headers)
    except ValueError:
        text = content.decode("utf-8", "replace")[:500]
        return Answer(response.status_code, {"error": {"code": "", "message": text}}, headers)
