# The tasks of this repository; the same on a laptop and in CI.
SHELL := /bin/bash
.DEFAULT_GOAL := help
ARGS ?=

help: ## Show the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: needs-redis needs-node ## Start everything: make up ARGS="--rate 20000 --processors 2 --port 9000 --data DIR"
	@./streamgauge up $(ARGS)

test: needs-redis needs-sentinel needs-prometheus needs-node needs-chromium ## Run all tests
	@eng/test.sh

model: needs-redis ## Play random operations against a model of the function library: make model ARGS="--steps 1000000 --seed 17"
	@eng/model.sh $(ARGS)

lint: needs-node ## Check formatting and analyzers; warnings are errors
	@dotnet build Streamgauge.slnx -c Release -nologo -v quiet
	@dotnet format Streamgauge.slnx whitespace --verify-no-changes --no-restore
	@echo "lint: clean"

bench: needs-redis ## Measure throughput and latency: make bench ARGS="--duration 10s"
	@./streamgauge bench $(ARGS)

drill: needs-redis ## Break things for five minutes and check every event: make drill ARGS="--seed 7"
	@./streamgauge drill --duration 5m $(ARGS)

dashboards: ## Write deploy/grafana/dashboards and docs/metrics.md from their source and the alert rules
	@dotnet run --project eng/Streamgauge.Dashboards -c Release -- .

screenshot: needs-redis needs-node needs-chromium ## Take the README's picture of the dashboard
	@eng/screenshot.sh

clean: ## Remove everything built
	@rm -rf artifacts
	@find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +

needs-redis:
	@eng/install.sh redis-server redis-server redis-cli:redis-tools redis-check-aof:redis-tools

needs-node:
	@eng/install.sh node:nodejs npm

needs-chromium:
	@eng/install.sh chromium

needs-sentinel:
	@eng/install.sh redis-sentinel

needs-prometheus:
	@eng/install.sh prometheus promtool:prometheus amtool:prometheus-alertmanager prometheus-alertmanager

.PHONY: help up test model lint bench drill dashboards clean screenshot needs-node needs-chromium needs-redis needs-sentinel needs-prometheus
