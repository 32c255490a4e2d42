# Everything a person or CI does here, one command each; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PY := .venv/bin/python
READY := .venv/.ready

.PHONY: help run demo test lint format bench chaos lock clean

help: ## List the commands / 列出命令
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(READY) ## Start everything on this machine; Ctrl-C stops it / 在本机启动全部服务
	@.venv/bin/oneowner run

demo: $(READY) ## Show what it does, with sample leads in a throw-away folder / 用样例线索演示
	@.venv/bin/oneowner demo

test: $(READY) ## Run all tests / 运行全部测试
	@$(PY) -m launcher
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(READY) ## Check format, style, types and import direction / 检查格式、风格、类型和依赖方向
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

format: $(READY) ## Format the code and put right what can be / 格式化代码
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

bench: $(READY) ## Measure what docs/performance.md reports / 性能测试
	@$(PY) -m launcher
	@$(PY) -m bench

chaos: $(READY) ## Kill everything while 500 leads go in; a storm of events / 混沌测试
	@$(PY) -m launcher
	@$(PY) -m tests.chaos

lock: $(READY) ## Resolve the dependencies anew into the lock files / 更新依赖锁定文件
	@$(PY) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		pyproject.toml -o requirements.lock
	@$(PY) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove what was built, never the data folder / 清除构建产物，不动数据目录
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The newest of the two files decides whether the environment is made anew. Every package, uv too, is checked
# against its hash.
$(READY): requirements-dev.lock pyproject.toml
	@python=$$(command -v python3.11 || command -v python3); \
	$$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo 'Python 3.11 is needed / 需要 Python 3.11' >&2; exit 1; }; \
	[ -x $(PY) ] || $$python -m venv .venv
	@echo 'Installing the locked dependencies / 正在安装锁定的依赖'
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > .venv/uv.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock
	@$(PY) -m uv pip sync --quiet --python $(PY) --require-hashes requirements-dev.lock
	@$(PY) -m uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@touch $@
