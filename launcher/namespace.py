"""What a Temporal namespace needs before OneOwner can work in it. Doing it again changes nothing."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

RETENTION = timedelta(days=30)
"""How long closed workflows stay; the server asks for at least an hour and sets no upper limit."""
CACHE_POLL = 0.1


async def prepare_namespace(client: Client, attributes: Sequence[SearchAttributeKey[Any]] = ()) -> None:
    """Register the client's namespace with its retention and search attributes, and wait until the server uses them.

    That takes seconds on the first time; the caller bounds it.

    Args:
        client: Connected; its namespace need not exist yet.
        attributes: Custom search attributes that the workflows set.

    Raises:
        RPCError: when the server refuses.
    """
    await _keep_long_enough(client)
    await _used(client, ())
    await _add_missing(client, attributes)
    await _used(client, attributes)


async def _keep_long_enough(client: Client) -> None:
    try:
        found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        request = RegisterNamespaceRequest(namespace=client.namespace)
        request.workflow_execution_retention_period.FromTimedelta(RETENTION)
        await client.workflow_service.register_namespace(request)
        return
    if found.config.workflow_execution_retention_ttl.ToTimedelta() < RETENTION:
        config = NamespaceConfig()
        config.workflow_execution_retention_ttl.FromTimedelta(RETENTION)
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=client.namespace, config=config)
        )


async def _add_missing(client: Client, attributes: Sequence[SearchAttributeKey[Any]]) -> None:
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing: dict[str, IndexedValueType.ValueType] = {
        key.name: IndexedValueType.ValueType(key.indexed_value_type)
        for key in attributes
        if key.name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )


async def _used(client: Client, attributes: Sequence[SearchAttributeKey[Any]]) -> None:
    """Return when counting workflows works, which goes through the very caches that starting one does."""
    query = " AND ".join(f"{key.name} IS NULL" for key in attributes)
    while True:
        try:
            await client.count_workflows(query)
        except RPCError as error:
            if error.status not in {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}:
                raise
            await asyncio.sleep(CACHE_POLL)
        else:
            return
