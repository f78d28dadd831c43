"""`ragqa serve`: page and API on one address."""

from __future__ import annotations

import os
import socket
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ragqa.cli.output import IndexOption, escape, messages
from ragqa.errors import SettingsInvalid
from ragqa.settings import Settings, load_settings

HostOption = Annotated[str | None, typer.Option(help="Address to listen on (RAGQA_SERVER__HOST).", show_default=False)]
PortOption = Annotated[int | None, typer.Option(help="Port to listen on (RAGQA_SERVER__PORT).", show_default=False, min=0, max=65535)]
WorkersOption = Annotated[int | None, typer.Option(help="Processes that answer (RAGQA_SERVER__WORKERS).", show_default=False, min=1, max=64)]


def serve(index: IndexOption = None, host: HostOption = None, port: PortOption = None, workers: WorkersOption = None) -> None:
    """Serve page and API; with access control where other machines reach it."""
    import uvicorn

    from ragqa.bootstrap import open_service
    from ragqa.web.logs import configure_logging

    settings = _with_flags(load_settings(index=index), host, port, workers)
    server = settings.server
    _check_access(settings)
    open_service(settings).ready()
    # The processes that answer read their settings from the environment, one process like many.
    os.environ |= {"RAGQA_INDEX": str(settings.index), "RAGQA_SERVER__HOST": server.host}
    port = _port_to_have(server.host, server.port)
    shown = f"[{server.host}]" if ":" in server.host else server.host
    messages().print(f"ragqa serves [bold]http://{escape(shown)}:{port}/[/] (stop with Ctrl+C)", highlight=False, soft_wrap=True)
    configure_logging()
    with tempfile.TemporaryDirectory(prefix="ragqa-metrics-") as shared:
        if server.workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(Path(shared))
        uvicorn.run(
            "ragqa.web.app:make_app",
            factory=True,
            host=server.host,
            port=port,
            workers=server.workers,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=server.shutdown_s,
        )


def _port_to_have(host: str, port: int) -> int:
    """Return the port to listen on, a free one for 0; raise `SettingsInvalid` where it cannot be had, before the slow start and in our own words."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            return int(tried.getsockname()[1])
    except OSError as exc:
        raise SettingsInvalid(
            f'cannot listen on "{host}", port {port}: {_reason(exc)}. Choose another with --host and --port; --port 0 takes a free one.'
        ) from exc


def _reason(error: OSError) -> str:
    # The system's own words; the library adds the address to them, and a failed look-up of a name has numbers of its own.
    return (error.strerror or str(error)) if isinstance(error, socket.gaierror) or error.errno is None else os.strerror(error.errno).lower()


def _with_flags(settings: Settings, host: str | None, port: int | None, workers: int | None) -> Settings:
    given = {"host": host, "port": port, "workers": workers}
    server = settings.server.model_copy(update={name: value for name, value in given.items() if value is not None})
    return settings.model_copy(update={"server": server})


def _check_access(settings: Settings) -> None:
    """Refuse to listen where other machines reach an open service."""
    from ragqa.records import open_records
    from ragqa.web.access import require_access_control

    records = open_records(settings.records.url, lambda: datetime.now(UTC))
    try:
        has_verifier = bool(settings.access.oidc_issuer)
        require_access_control(settings.server.host, settings.server.allowed_hosts, has_keys=records.keys.exist(), has_verifier=has_verifier)
    finally:
        records.close()
