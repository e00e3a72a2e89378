"""Every exception of azure-core has an error of azkeep's."""

from __future__ import annotations

import inspect

import pytest
from azure.core import exceptions as core
from azure.identity import CredentialUnavailableError

from azkeep.azure.errors import of_answer, of_exception, of_status
from azkeep.errors import AuthFailed, AzureError, RequestFailed, Throttled, Unreadable
from azkeep.model.transport import Answer

EXPECTED: dict[type[Exception], type[AzureError]] = {
    core.AzureError: RequestFailed,
    core.ServiceRequestError: RequestFailed,
    core.ServiceResponseError: RequestFailed,
    core.ServiceRequestTimeoutError: RequestFailed,
    core.ServiceResponseTimeoutError: RequestFailed,
    core.HttpResponseError: RequestFailed,
    core.DecodeError: RequestFailed,
    core.IncompleteReadError: RequestFailed,
    core.ResourceExistsError: RequestFailed,
    core.ResourceNotFoundError: RequestFailed,
    core.ClientAuthenticationError: AuthFailed,
    core.ResourceModifiedError: RequestFailed,
    core.ResourceNotModifiedError: RequestFailed,
    core.TooManyRedirectsError: RequestFailed,
    core.ODataV4Error: RequestFailed,
    core.StreamConsumedError: RequestFailed,
    core.StreamClosedError: RequestFailed,
    core.ResponseNotReadError: RequestFailed,
    core.SerializationError: RequestFailed,
    core.DeserializationError: RequestFailed,
    CredentialUnavailableError: AuthFailed,
}


def test_no_exception_of_azure_core_is_forgotten() -> None:
    """A class that a new azure-core brings has to be judged here."""
    found = {cls for _, cls in inspect.getmembers(core, inspect.isclass) if issubclass(cls, Exception)}
    assert {cls for cls in found if cls.__module__ == core.__name__} <= set(EXPECTED)


@pytest.mark.parametrize("cls", EXPECTED, ids=lambda cls: cls.__name__)
def test_each_exception_is_mapped(cls: type[Exception]) -> None:
    """Class, words and subject."""
    error = cls.__new__(cls)
    Exception.__init__(error, "what happened")
    error.__dict__.update(message="what happened", status_code=None, error=None, response=None)
    found = of_exception(error, "/the/id")
    assert type(found) is EXPECTED[cls]
    assert found.detail == "what happened"
    assert found.subject == "/the/id"
    assert not found.summary.endswith(".")


@pytest.mark.parametrize(
    ("status", "cls"),
    [(401, AuthFailed), (403, Unreadable), (429, Throttled), (404, RequestFailed), (500, RequestFailed)],
)
def test_statuses(status: int, cls: type[AzureError]) -> None:
    """The status decides, ARM's code and words are kept."""
    found = of_status(status, "Code", "words", "/id")
    assert type(found) is cls
    assert (found.status, found.arm_code, found.detail, found.subject) == (status, "Code", "words", "/id")


def test_an_answer_as_an_error() -> None:
    """The envelope's code and message arrive."""
    found = of_answer(Answer(403, {"error": {"code": "AuthorizationFailed", "message": "no right"}}), "/id")
    assert isinstance(found, Unreadable)
    assert (found.arm_code, found.detail) == ("AuthorizationFailed", "no right")
    assert found.fix


def test_no_answer_says_so() -> None:
    """Status 0 is no HTTP status to show."""
    assert of_status(0, "", "why").summary == "no answer came from Azure"
