.DEFAULT_GOAL := help
.PHONY: help run test build accept bench-suite bench-decisions bench-media bench-text bench-policy bench-fuzz helm-lint kind-up kind-down clean

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
CONFIGURATION ?= Release

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## start the suite on this machine and moderate the sample feed (ONCE=1: end after it; PORT=9180: other ports)
	@./services/dev-host/prepare
	@dotnet build services/dev-host -c $(CONFIGURATION) -v q --nologo "-clp:ErrorsOnly;NoSummary"
	@exec dotnet artifacts/bin/DevHost/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/dev-host.dll $(if $(PORT),--port $(PORT))

test: ## build and run every suite
	@CONFIGURATION=$(CONFIGURATION) ./tests/run

build: ## build everything
	@dotnet build Platform.sln -c $(CONFIGURATION) --nologo -v q

accept: ## rewrite the golden files (renders, contract baseline, scenarios, who may call what) after a reviewed change
	@./k8s/render
	@./protos/accept
	@dotnet build tests/Scenarios -c $(CONFIGURATION) -v q --nologo "-clp:ErrorsOnly;NoSummary"
	-@ACCEPT=1 dotnet artifacts/bin/Scenarios/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/Moderation.Scenarios.dll
	@dotnet build tests/Access.Tests -c $(CONFIGURATION) -v q --nologo "-clp:ErrorsOnly;NoSummary"
	-@ACCEPT=1 dotnet artifacts/bin/Access.Tests/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/Moderation.Access.Tests.dll
	@git status --short

bench-suite: ## posts a second through the whole suite, beside a bare gRPC echo in the same run
	@dotnet build tests/Benchmarks -c Release -v q --nologo "-clp:ErrorsOnly;NoSummary"
	@dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll suite

bench-media: ## picture hashing and matching beside FAISS, libjpeg-turbo and plain kernels (python3-faiss, libjpeg-turbo-progs and g++ where they are)
	@dotnet build tests/Benchmarks -c Release -v q --nologo "-clp:ErrorsOnly;NoSummary"
	@dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll media

bench-decisions: ## DecidePost with its commit beside redis-benchmark, and the bytes that a decision keeps
	@dotnet build tests/Benchmarks -c Release -v q --nologo "-clp:ErrorsOnly;NoSummary"
	@dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll decisions

bench-policy: ## the policy engine over 100 rules of a fixed mix, beside Microsoft RulesEngine
	@dotnet build tests/Benchmarks -c Release -v q --nologo "-clp:ErrorsOnly;NoSummary"
	@dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll policy

bench-text: ## claim retrieval, the text model's speed, a million terms (DATA: folder with text/pool and claims)
	@dotnet build tests/Benchmarks -c Release -v q --nologo "-clp:ErrorsOnly;NoSummary"
	@dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll text --data $(or $(DATA),../shared/data)
	@dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll text-batch --data $(or $(DATA),../shared/data)
	@dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll text-batch --data $(or $(DATA),../shared/data) --callers 4

FUZZ_TARGETS ?= normalizer url-finder text-proto policy-text

bench-fuzz: ## damaged and hostile input for 5 minutes a target (FUZZ_TARGETS, SECONDS, SEED)
	@dotnet build tests/Benchmarks -c Release -v q --nologo "-clp:ErrorsOnly;NoSummary"
	@for t in $(FUZZ_TARGETS); do dotnet artifacts/bin/Benchmarks/release/Moderation.Benchmarks.dll fuzz $$t --seconds $(or $(SECONDS),300) --seed $(or $(SEED),1) || exit 1; done

helm-lint: ## lint the chart with each scenario's values
	@helm=$$(k8s/get-tools helm | cut -f 2); for v in k8s/scenarios/*.values.yaml; do "$$helm" lint --strict helm/platform --values "$$v" || exit 1; done

kind-up: ## a kind cluster with the images loaded and the chart installed (needs kind and docker or podman)
	@k8s/kind-up

kind-down: ## remove that cluster
	@k8s/kind-down

clean: ## remove what was built
	@rm -rf artifacts
