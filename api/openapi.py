"""The API's description of itself (OpenAPI 3.1)."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.problems import ProblemBody

TAGS = [
    {"name": "leads", "description": "线索: what a system or person submits; somebody who may be a customer."},
    {"name": "customers", "description": "客户: the one record of a company or person, and who owns it."},
    {"name": "approvals", "description": "审批: what people ask for, and who decides it."},
    {"name": "collisions", "description": "撞单工单: reps who met on one customer, and how that is settled."},
    {"name": "pools", "description": "公海与队列: where customers wait whom nobody owns."},
    {"name": "imports", "description": "导入: files of customers that a company already has."},
    {"name": "reps", "description": "销售: the people that customers are given to."},
    {"name": "teams", "description": "团队: reps with their manager."},
    {"name": "regions", "description": "区域: where customers are and which reps cover."},
    {"name": "calendars", "description": "工作日历: business hours, public holidays and make-up days."},
    {"name": "policies", "description": "策略版本: the rules by version, and when each is in force."},
    {"name": "assignments", "description": "分配: who gets a customer, and why."},
    {"name": "decisions", "description": "决策轨迹: the stored explanations of decisions."},
    {"name": "backtests", "description": "策略回测: a draft policy on the leads of a past period."},
    {
        "name": "notifications",
        "description": "通知: what people are told, and how they wish to be told.",
    },
    {"name": "webhooks", "description": "事件推送: systems that are told of events, and what was sent to them."},
    {"name": "kpis", "description": "业务指标: figures by month, the rows behind them, targets, surveys of customers."},
    {"name": "replays", "description": "历史重放: recorded histories run through today's code."},
    {"name": "access", "description": "访问权限: users, API keys, and who tried what they may not."},
    {"name": "inbound", "description": "接入: what other systems report, and the connectors that read it."},
    {"name": "audit", "description": "审计: everything that happened, with proof that nothing was altered."},
    {"name": "health", "description": "健康检查: health checks and metrics, no token needed."},
]


class DescribedApp(FastAPI):
    """FastAPI, with the schema of problems, which no route declares as its own."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        description = super().openapi()
        schemas: dict[str, Any] = description["components"]["schemas"]
        if "Problem" not in schemas:
            problem = ProblemBody.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs")
            schemas["Problem"] = problem
        return description


def operation_id(route: APIRoute) -> str:
    """A route's function name, which is unique and stays."""
    return route.name
