using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Delivery;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Decisions and the record of them. One RPC a file.</summary>
internal sealed partial class EnforcementRpc(
    DecisionMaker maker, PersonDecisionMaker persons, DecisionStore store, WithdrawalStore withdrawals, StandingLedger ledgers, PolicyCatalogue policies,
    ApiKeyStore apiKeys, TenantRollStore tenants, IAdminAudit audit, ArchivedDecisions archived, ExceptionInterceptor errors,
    TimeProvider time) : EnforcementService.EnforcementServiceBase;
